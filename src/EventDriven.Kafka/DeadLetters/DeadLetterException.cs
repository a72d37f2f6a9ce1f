using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka;

/// <summary>Dead letters could not be read, put back or deleted. The message says what, where, and what to do; it names no content.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A message without its facts is of no use.")]
public sealed class DeadLetterException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The client's own exception, if any.</param>
    public DeadLetterException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
