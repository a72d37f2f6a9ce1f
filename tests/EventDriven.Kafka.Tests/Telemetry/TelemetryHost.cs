using System.Diagnostics;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EventDriven.Kafka.Tests.Telemetry;

/// <summary>A service on an embedded Kafka, with the real OpenTelemetry SDK beside it as an application registers it.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    private readonly List<Activity> _spans = [];
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly IHost _host;

    public TelemetryHost(Action<IServiceCollection> register, params string[] topics)
    {
        Kafka = EmbeddedKafka.Start();
        foreach (var topic in topics) Kafka.CreateTopic(topic, partitions: 1);

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", Kafka.BootstrapServers)]);
        builder.AddEventDriven("Kafka");
        builder.Services.UseEmbeddedKafka(Kafka);
        register(builder.Services);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(EventDrivenTelemetry.SourceName, Own.Name).AddInMemoryExporter(_spans))
            .WithMetrics(metrics => metrics.AddMeter(EventDrivenTelemetry.MeterName).AddInMemoryExporter(_metrics));
        _host = builder.Build();
    }

    public static TimeSpan Patience => TimeSpan.FromSeconds(60);

    /// <summary>The source of the application's own spans.</summary>
    public ActivitySource Own { get; } = new("shop");

    public EmbeddedKafka Kafka { get; }

    public IServiceProvider Services => _host.Services;

    public Task StartAsync() => _host.StartAsync().WaitAsync(Patience);

    public Task StopAsync() => _host.StopAsync().WaitAsync(Patience);

    /// <summary>Waits until the state of a consumer is such.</summary>
    public Task UntilAsync(string consumer, Func<ConsumerSnapshot, bool> condition) =>
        Services.GetRequiredService<HostedConsumers>().Get(consumer).Engine!.WaitUntilAsync(condition, CancellationToken.None).WaitAsync(Patience);

    public IEventProducer<T> Producer<T>() => Services.GetRequiredService<IEventProducer<T>>();

    /// <summary>The spans that have ended; of the library, where no source is named.</summary>
    public IReadOnlyList<Activity> Spans(string source = EventDrivenTelemetry.SourceName)
    {
        Services.GetRequiredService<TracerProvider>().ForceFlush();
        return [.. _spans.Where(span => span.Source.Name == source)];
    }

    /// <summary>What the SDK collects at this moment.</summary>
    public IReadOnlyList<MetricSnapshot> Collect()
    {
        _metrics.Clear();
        Services.GetRequiredService<MeterProvider>().ForceFlush();
        return [.. _metrics];
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        Kafka.Dispose();
        Own.Dispose();
    }
}
