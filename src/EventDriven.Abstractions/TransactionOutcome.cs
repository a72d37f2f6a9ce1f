namespace EventDriven;

/// <summary>What has become of a transaction that did not succeed.</summary>
public enum TransactionOutcome
{
    /// <summary>It was rolled back, or will be: no reader with <c>read_committed</c> ever sees anything of it. It may be run again.</summary>
    RolledBack = 0,

    /// <summary>
    /// No answer to the commit came in time: all of it is visible, or nothing. To run it again may produce its events twice.
    /// </summary>
    Unknown,
}
