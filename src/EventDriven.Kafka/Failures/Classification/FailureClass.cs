namespace EventDriven.Kafka.Failures;

/// <summary>What kind of failure an exception is.</summary>
internal enum FailureClass
{
    /// <summary>Another attempt may succeed.</summary>
    Transient = 0,

    /// <summary>No attempt at this event can succeed: it goes straight to the end of the chain.</summary>
    Fatal,

    /// <summary>Something that the event needs is not there, which is not its fault: it is held, and tried again until it is, without its attempts being counted.</summary>
    Outage,

    /// <summary>The process itself is in trouble, and nothing is done but to stop.</summary>
    Lethal,
}
