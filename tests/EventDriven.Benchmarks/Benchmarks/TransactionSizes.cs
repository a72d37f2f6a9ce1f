using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using EventDriven.Kafka;

namespace EventDriven.Benchmarks;

/// <summary>How many events the transactions of one consumer have held, by its metric.</summary>
internal sealed class TransactionSizes : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<long> _sizes = new();

    /// <param name="consumer">The name of the consumer.</param>
    public TransactionSizes(string consumer)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == EventDrivenTelemetry.MeterName && instrument.Name == "eventdriven.transaction.events") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, events, tags, _) =>
        {
            // The one that only says where a partition begins holds none.
            if (events > 0 && tags.ToArray().Contains(new("eventdriven.consumer.name", consumer))) _sizes.Enqueue(events);
        });
        _listener.Start();
    }

    /// <summary>The sizes of all that were committed until now, oldest first.</summary>
    public IReadOnlyList<long> All => [.. _sizes];

    public void Dispose() => _listener.Dispose();
}
