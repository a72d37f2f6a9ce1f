namespace EventDriven.Kafka.Consuming;

/// <summary>A request of a record source to the broker failed.</summary>
internal sealed class RecordSourceException(SourceError error, Exception? innerException = null)
    : Exception($"{error.Code}: {error.Reason}", innerException)
{
    public SourceError Error { get; } = error;
}
