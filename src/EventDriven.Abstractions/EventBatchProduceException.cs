using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>Some events of a batch were not produced, or it is not known whether they were; the others are. It says which, by their places in the batch.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventBatchProduceException : EventDrivenException
{
    internal EventBatchProduceException(IReadOnlyList<EventReceipt?> receipts, IReadOnlyList<EventBatchFailure> failures)
        : base(
            $"{failures.Count} of {receipts.Count} events of a batch were not produced; the others were. The first, at index {failures[0].Index}: {failures[0].Error.Message}",
            failures[0].Error)
    {
        Receipts = receipts;
        Failures = failures;
    }

    /// <summary>Where the events are, by their places in the batch; null for those that failed.</summary>
    public IReadOnlyList<EventReceipt?> Receipts { get; }

    /// <summary>The failures, by ascending index; at least one.</summary>
    public IReadOnlyList<EventBatchFailure> Failures { get; }
}
