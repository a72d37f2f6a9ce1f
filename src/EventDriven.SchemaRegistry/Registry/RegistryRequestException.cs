using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// A schema registry did not do what it was asked for. It is the inner exception of the <see cref="EventSerializerUnavailableException"/> (the event is held) or the
/// <see cref="EventSerializationException"/> (trying again can't help) that a producer or consumer meets.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class RegistryRequestException : Exception
{
    internal RegistryRequestException(string message, RegistryFailure failure, int? errorCode, Exception? innerException, bool mayYetCome = false)
        : base(message, innerException)
    {
        Failure = failure;
        ErrorCode = errorCode;
        IsOutage = failure is RegistryFailure.Unavailable or RegistryFailure.Refused || mayYetCome;
    }

    /// <summary>What kind of failure it is.</summary>
    public RegistryFailure Failure { get; }

    /// <summary>The registry's own code, such as 40403 or 42201; null where it gave none.</summary>
    public int? ErrorCode { get; }

    /// <summary>Whether it may pass by itself or by someone's mending the registry, so that events are to be held.</summary>
    internal bool IsOutage { get; }
}
