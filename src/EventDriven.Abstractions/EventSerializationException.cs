using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>
/// Bytes that are no event of the expected type, or an event that can't be turned into bytes. Trying again cannot help.
/// The message says what, where and why; of the content it shows at most the first bytes, in hex.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventSerializationException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What can't be read or written, where, and why.</param>
    /// <param name="eventType">The type of the event or key.</param>
    /// <param name="innerException">The serializer's own exception, if any.</param>
    public EventSerializationException(string message, Type eventType, Exception? innerException = null)
        : base(message, innerException) => EventType = eventType;

    /// <summary>The type of the event or key.</summary>
    public Type EventType { get; }
}
