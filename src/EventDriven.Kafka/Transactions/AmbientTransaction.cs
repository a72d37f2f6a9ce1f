using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>
/// The transaction that the running code is in, by which a producer finds it without being told. Registered only where a host has transactions, so that producers of other hosts
/// never look; who looks pays a few nanoseconds, who is in one pays for the execution context of its flow, once for each attempt. Thread-safe.
/// </summary>
/// <remarks>
/// An <see cref="AsyncLocal{T}"/> because a producer is a singleton, or is held by one, and has nothing else in common with the handler that calls it: a scope is not seen by
/// singletons, and a parameter is forgotten in one call of ten. What outlives its transaction finds it closed, and is refused.
/// </remarks>
internal sealed class AmbientTransaction
{
    private readonly AsyncLocal<IOpenTransaction?> _current = new();

    /// <summary>The transaction; null outside of one.</summary>
    public IOpenTransaction? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }
}
