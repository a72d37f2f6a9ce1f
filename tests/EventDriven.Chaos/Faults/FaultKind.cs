namespace EventDriven.Chaos.Faults;

/// <summary>What is done to the run.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL of a worker, which is replaced after a while.</summary>
    WorkerKilled,

    /// <summary>SIGTERM of a worker, which is replaced after a while.</summary>
    WorkerStopped,

    /// <summary>SIGSTOP of a worker, for less time than its session lasts.</summary>
    WorkerFrozen,

    /// <summary>SIGSTOP of a worker for so long that it loses its partitions, then SIGCONT: a zombie.</summary>
    WorkerFrozenForLong,

    /// <summary>All workers, one after the other: SIGTERM, and a new one.</summary>
    WorkersRolled,

    /// <summary>One worker more.</summary>
    ScaledOut,

    /// <summary>One worker less, for a while.</summary>
    ScaledIn,

    /// <summary>All workers stop, and an operator puts a group back to earlier offsets.</summary>
    OffsetsReset,

    /// <summary>SIGKILL of a broker, which is started again after a while.</summary>
    BrokerKilled,

    /// <summary>SIGSTOP of a broker, for a while.</summary>
    BrokerFrozen,

    /// <summary>All brokers, one after the other: SIGTERM, and started again.</summary>
    BrokersRolled,

    /// <summary>Many events at once.</summary>
    Burst,

    /// <summary>Half of the events that are produced take their time.</summary>
    SlowHandlers,

    /// <summary>Many of the events that are produced fail.</summary>
    FailingHandlers,

    /// <summary>Two partitions more for a source.</summary>
    PartitionsAdded,
}
