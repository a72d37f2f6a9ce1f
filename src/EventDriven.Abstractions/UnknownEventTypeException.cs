using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>A consumer of several event types received a record whose type it has no handler for, or that does not say its type.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class UnknownEventTypeException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was received, where, and what to do.</param>
    /// <param name="typeName">The type that the record names; null where it names none.</param>
    public UnknownEventTypeException(string message, string? typeName)
        : base(message, null) => TypeName = typeName;

    /// <summary>The type that the record names; null where it names none.</summary>
    public string? TypeName { get; }
}
