using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>
/// A record says that it is a CloudEvent and is none that can be read: a malformed envelope, attributes that contradict each other, another version than 1.0, or
/// an event format other than JSON. Trying again cannot help.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class InvalidCloudEventException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which record, and what is wrong with it.</param>
    /// <param name="innerException">The parser's own exception, if any.</param>
    public InvalidCloudEventException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
