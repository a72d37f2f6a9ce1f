using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Simulation.Broker;

namespace EventDriven.Simulation.Judging;

/// <summary>A record handed to the engine in one epoch. It travels with the record, so that the oracle knows what the engine starts and ends.</summary>
internal sealed class Delivery(Epoch epoch, LogEntry entry, int index, Delivery? before) : Headers
{
    public Epoch Epoch { get; } = epoch;

    public LogEntry Entry { get; } = entry;

    /// <summary>Its place among the records of its epoch; -1 where the engine is to drop it.</summary>
    public int Index { get; } = index;

    /// <summary>The record that must have reached its outcome before; null where there is none.</summary>
    public Delivery? Before { get; } = before;

    public DeliveryState State { get; set; }

    /// <summary>Whether it no longer counts among what is held.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Whether its offset may pass because its parked log has it.</summary>
    public bool IsParked => Entry.IsParked && State != DeliveryState.Running;

    /// <summary>The step that it has waited in; -1 for none.</summary>
    public int Step { get; init; } = entry.HandedOver?.Step ?? -1;

    /// <summary>Whether it comes from the parked log.</summary>
    public bool IsFromParkedLog { get; init; }

    public required long At { get; init; }

    /// <summary>The batch in which it was last started; null where it was on its own.</summary>
    public EventBatch? Batch { get; set; }

    /// <summary>Whether the record before it in its lane is in the same batch.</summary>
    public bool IsBehindInBatch => Batch is not null && Before?.Batch == Batch;
}
