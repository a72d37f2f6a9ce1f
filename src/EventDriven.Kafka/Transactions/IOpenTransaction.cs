using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>What the producers that are called within a transaction see of it. Thread-safe.</summary>
internal interface IOpenTransaction
{
    /// <summary>Where the records of a producer go.</summary>
    /// <exception cref="InvalidOperationException">They can't be part of this transaction.</exception>
    IRecordSink For(ProduceTarget producer);
}
