using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>The application's own way to find the type of an event threw. A failure of the event like one of its handler: what the inner exception is may pass.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventTypeResolutionException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which consumer, and which record.</param>
    /// <param name="innerException">What was thrown.</param>
    public EventTypeResolutionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
