using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>A transaction was not committed, or it is not known whether it was. The message says why and what to do.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventTransactionException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="producer">The name of the transactional producer.</param>
    /// <param name="outcome">What has become of the transaction.</param>
    /// <param name="isFenced">Whether another producer with the same transactional id has taken its place.</param>
    /// <param name="innerException">The client's own exception, if any.</param>
    public EventTransactionException(string message, string producer, TransactionOutcome outcome, bool isFenced = false, Exception? innerException = null)
        : base(message, innerException)
    {
        Producer = producer;
        Outcome = outcome;
        IsFenced = isFenced;
    }

    /// <summary>The name of the transactional producer.</summary>
    public string Producer { get; }

    /// <summary>What has become of the transaction.</summary>
    public TransactionOutcome Outcome { get; }

    /// <summary>
    /// Whether another producer with the same transactional id has taken its place, or brokers have ended the transaction because it took longer than its timeout: what this one
    /// has begun is void. The next transaction begins with a new client, which then takes the place of that other one.
    /// </summary>
    public bool IsFenced { get; }
}
