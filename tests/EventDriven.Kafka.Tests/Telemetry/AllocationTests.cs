using System.Diagnostics.Metrics;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Tests.Pipeline;

namespace EventDriven.Kafka.Tests.Telemetry;

[Collection(nameof(TelemetryCollection))]
public class AllocationTests
{
    [Fact]
    public async Task Metrics_cost_an_event_no_allocation()
    {
        var measured = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == EventDrivenTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => measured += value);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => measured++);
        listener.Start();
        await using var bench = new PipelineBench(static c => c.Handle<byte[], CountBytes>(), static s => s.AddSingleton<CountBytes>());
        var pipeline = bench.Pipeline;
        var record = bench.Record(new byte[139]);
        var tokens = bench.Tokens;

        for (var i = 0; i < 1_000; i++) Process();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) Process();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        // What is counted, how long it took, what became of it.
        Assert.Equal(3 * 11_000, measured);
#if !DEBUG
        Assert.Equal(0, bytes / 10_000);
#endif

        void Process()
        {
            var processing = pipeline.ProcessAsync(record, tokens);
            if (!processing.IsCompletedSuccessfully || processing.Result.Outcome != Outcome.Handled) throw new InvalidOperationException("not handled at once");
        }
    }
}
