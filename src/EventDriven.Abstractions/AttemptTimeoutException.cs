using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>An attempt at an event, or at a batch, took longer than the consumer's time limit, and ended because of that. Another attempt may succeed.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class AttemptTimeoutException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which attempt of which consumer at which event.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="innerException">How the attempt ended when its token had fired.</param>
    public AttemptTimeoutException(string message, TimeSpan limit, Exception innerException)
        : base(message, innerException) => Limit = limit;

    /// <summary>The time limit of the attempt.</summary>
    public TimeSpan Limit { get; }
}
