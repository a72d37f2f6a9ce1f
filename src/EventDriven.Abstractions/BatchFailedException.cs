using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>
/// What a batch handler throws to say which event failed: the events before it in the batch are handled, it has failed an attempt of its own and goes through
/// the failure policy, and those after it are handed over again.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "The index is required.")]
public sealed class BatchFailedException : Exception
{
    /// <summary>Says which event of the batch failed.</summary>
    /// <param name="index">Its place in the list that the handler was given, from 0. One outside the list counts as not said.</param>
    /// <param name="innerException">Why it failed: what the failure policy, the logs and the health check see. Null where there is no other exception than this one.</param>
    public BatchFailedException(int index, Exception? innerException = null)
        : base($"The event at index {index} of the batch failed{(innerException is null ? "." : $": {innerException.Message}")}", innerException) => Index = index;

    /// <summary>The place of the failed event in the batch, from 0.</summary>
    public int Index { get; }
}
