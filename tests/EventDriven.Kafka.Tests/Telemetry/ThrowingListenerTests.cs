using System.Diagnostics;
using System.Diagnostics.Metrics;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Telemetry;

[Collection(nameof(TelemetryCollection))]
public class ThrowingListenerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_that_throws_affects_no_event_and_is_told_once(bool whileSampling)
    {
        using var spans = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == EventDrivenTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                whileSampling ? throw new InvalidOperationException("sampler") : ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = static _ => throw new InvalidOperationException("processor"),
        };
        ActivitySource.AddActivityListener(spans);
        using var metrics = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == EventDrivenTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        metrics.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("counter"));
        metrics.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException("histogram"));
        metrics.Start();
        var logs = new LogLines();
        await using var host = new TelemetryHost(
            services =>
            {
                services.AddSingleton<ILoggerProvider>(logs);
                services.AddEventProducer<string>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c.Handle(static (string _, CancellationToken _) => ValueTask.CompletedTask));
            },
            "orders");
        await host.StartAsync();

        for (var i = 0; i < 3; i++) await host.Producer<string>().ProduceAsync($"{i}").WaitAsync(TelemetryHost.Patience);
        await host.Producer<string>().FlushAsync(CancellationToken.None).WaitAsync(TelemetryHost.Patience);
        await host.Services.WaitUntilCaughtUpAsync("shipping").WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        Assert.Single(logs.Of(4000));
    }
}
