using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>
/// Something that a serializer depends on, such as a schema registry, can't be reached or does not answer: no fault of the event. A consumer holds the event
/// and tries it again until it can be read, without counting attempts.
/// </summary>
/// <remarks>For serializers to throw, where <see cref="EventSerializationException"/> would say that no attempt can help.</remarks>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventSerializerUnavailableException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What can't be reached, and what to do.</param>
    /// <param name="innerException">What the serializer met, if anything.</param>
    public EventSerializerUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
