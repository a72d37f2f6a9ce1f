using System.Collections.Concurrent;

namespace EventDriven.SchemaRegistry;

/// <summary>Work that is done once for all who ask for it at the same time. A caller that is cancelled stops waiting; the work goes on for the others.</summary>
internal sealed class SingleFlight<TKey, TValue>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _flights = new();

    public Task<TValue> RunAsync<TArgument>(TKey key, TArgument argument, Func<TKey, TArgument, Task<TValue>> start, CancellationToken cancellationToken)
    {
        if (!_flights.TryGetValue(key, out var flight))
        {
            flight = _flights.GetOrAdd(key, new Lazy<Task<TValue>>(() => StartAsync(key, argument, start)));
        }

        return flight.Value.WaitAsync(cancellationToken);
    }

    private async Task<TValue> StartAsync<TArgument>(TKey key, TArgument argument, Func<TKey, TArgument, Task<TValue>> start)
    {
        try
        {
            return await start(key, argument).ConfigureAwait(false);
        }
        finally
        {
            _flights.TryRemove(key, out _);
        }
    }
}
