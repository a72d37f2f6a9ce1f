namespace EventDriven.Simulation.Broker;

/// <summary>Whether a record of a parked log is there for its readers.</summary>
internal enum ParkedRecordState
{
    /// <summary>It is in no transaction, or in one that is committed.</summary>
    Visible,

    /// <summary>Its transaction is not over: readers come no further than here.</summary>
    Open,

    /// <summary>It was aborted.</summary>
    Aborted,
}
