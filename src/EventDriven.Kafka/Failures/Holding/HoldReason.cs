namespace EventDriven.Kafka;

/// <summary>Why an event is held: it waits in its lane, nothing past it is committed, and it goes on by itself.</summary>
public enum HoldReason
{
    /// <summary>Something that the event needs is not there: its last attempt has ended in what the failure policy treats as an outage.</summary>
    Outage,

    /// <summary>The event has failed, and can't be written to its retry or dead-letter topic.</summary>
    HandOver,
}
