using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>A record of an event's output.</summary>
/// <param name="Output">Whose it is.</param>
/// <param name="Record">The record.</param>
/// <param name="Target">By whom it was produced, and where to.</param>
/// <param name="Size">Its key and value, in bytes.</param>
internal readonly record struct BufferedRecord(EventOutput Output, OutgoingRecord Record, ProduceTarget Target, int Size)
{
    /// <summary>What holds a record, its headers included, about.</summary>
    public const int Overhead = 768;
}
