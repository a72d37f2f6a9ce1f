namespace EventDriven.Kafka.Consuming;

/// <summary>Makes the record sources of one consumer: one for each client instance.</summary>
internal interface IRecordSourceFactory
{
    /// <param name="protocol">The group protocol, never <see cref="ConsumerGroupProtocol.Auto"/>.</param>
    /// <exception cref="RecordSourceException">The client refuses its settings.</exception>
    IRecordSource Create(ConsumerGroupProtocol protocol);
}
