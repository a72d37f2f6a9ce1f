namespace EventDriven.Kafka.Failures;

/// <summary>Sorts exceptions. Cancellation by a loss, a revocation or a stop is no failure and is sorted out before.</summary>
internal static class FailureClassifier
{
    public static FailureClass Classify(Exception exception)
    {
        while (exception is AggregateException { InnerExceptions: [var only] })
        {
            exception = only;
        }

        return exception switch
        {
            EventSerializationException or UnknownEventTypeException or InvalidCloudEventException => FailureClass.Fatal,
            OutOfMemoryException => FailureClass.Critical,
            _ => FailureClass.Transient,
        };
    }
}
