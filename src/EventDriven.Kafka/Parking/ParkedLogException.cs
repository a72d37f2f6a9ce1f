using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Parking;

/// <summary>A parked log could not be read, written or trimmed. Tried again, unless it is refused.</summary>
/// <param name="message">What happened.</param>
/// <param name="isRefused">Whether trying again can't help until a person has done something: a right, a topic or a size is missing.</param>
/// <param name="innerException">The client's own exception, if any.</param>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Internal; its facts are required.")]
internal sealed class ParkedLogException(string message, bool isRefused, Exception? innerException = null) : Exception(message, innerException)
{
    public bool IsRefused => isRefused;
}
