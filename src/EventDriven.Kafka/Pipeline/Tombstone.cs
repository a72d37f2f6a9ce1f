namespace EventDriven.Kafka.Pipeline;

/// <summary>What a handler of tombstones gets in place of an event: nothing.</summary>
internal readonly struct Tombstone;
