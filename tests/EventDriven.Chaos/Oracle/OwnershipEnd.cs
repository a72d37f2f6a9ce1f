namespace EventDriven.Chaos.Oracle;

internal enum OwnershipEnd
{
    /// <summary>The log ends before it does: the member died, or the run was over.</summary>
    Open,

    /// <summary>Given up, with all handlers done.</summary>
    Revoked,

    /// <summary>Given up, with handlers that were not done in time.</summary>
    Overdue,

    /// <summary>Taken away without a word.</summary>
    Lost,

    /// <summary>The consumer ended or began again.</summary>
    Ended,

    /// <summary>Given up at a stop whose last commit got no answer in time.</summary>
    Abandoned,
}
