using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Transactions;

/// <summary>What is measured of transactions, on instruments that nothing else measures with.</summary>
internal sealed class TransactionMeasurements : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<Instruments>().BuildServiceProvider();
    private readonly ConcurrentQueue<string> _all = new();
    private readonly MeterListener _listener = new();

    public TransactionMeasurements()
    {
        Instruments = _services.GetRequiredService<Instruments>();
        Instrument[] watched = [Instruments.Transactions, Instruments.TransactionDuration, Instruments.TransactionEvents];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (watched.Contains(instrument)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Note);
        _listener.SetMeasurementEventCallback<double>(Note);
        _listener.Start();
    }

    public Instruments Instruments { get; }

    /// <summary>Each measurement in its order: the instrument, the value, the attributes.</summary>
    public IReadOnlyList<string> All => [.. _all];

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var attributes = new List<string>();
        foreach (var (name, tag) in tags) attributes.Add($"{name}={tag}");
        _all.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value} {string.Join(' ', attributes.Order(StringComparer.Ordinal))}"));
    }
}
