namespace EventDriven.Kafka.Consuming;

/// <summary>The kinds of end of a consumer loop.</summary>
internal enum ConsumerEndReason
{
    /// <summary>The broker does not know the group protocol, or does not let this group change to it: start again with the classic one.</summary>
    UnsupportedProtocol,

    /// <summary>The client can't go on.</summary>
    FatalError,

    /// <summary>Another member with the same instance id has taken this one's place: to start again would fence that one, and so on.</summary>
    InstanceFenced,

    /// <summary>Another member with the same instance id has the place that this one wants.</summary>
    InstanceInUse,

    /// <summary>Events expired before they were read, and the consumer is to stop then.</summary>
    EventsExpired,

    /// <summary>An event is stuck in its handler, and the consumer is to leave its group then.</summary>
    StuckLeaveGroup,

    /// <summary>A handler has met a failure of the process itself, such as a lack of memory.</summary>
    ProcessInTrouble,

    /// <summary>An event is stuck in its handler, and the host is to stop then.</summary>
    StuckStopHost,
}
