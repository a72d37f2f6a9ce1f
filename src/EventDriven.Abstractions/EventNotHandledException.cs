using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>A middleware returned without calling the next step and without <see cref="EventContext.Filter"/>: nobody handled the event, so it must not be committed.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventNotHandledException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which consumer, and what to do.</param>
    public EventNotHandledException(string message)
        : base(message, null)
    {
    }
}
