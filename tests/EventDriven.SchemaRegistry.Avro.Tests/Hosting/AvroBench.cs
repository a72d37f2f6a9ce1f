using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Testing;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hosting;

/// <summary>What whole services are made on: the embedded Kafka, with a topic <c>orders</c>, and the embedded registry.</summary>
internal sealed class AvroBench : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(120));

    private AvroBench(EmbeddedSchemaRegistry registry)
    {
        Registry = registry;
        Kafka.CreateTopic("orders", 1);
    }

    public CancellationToken Patience => _patience.Token;

    public EmbeddedKafka Kafka { get; } = EmbeddedKafka.Start();

    public EmbeddedSchemaRegistry Registry { get; }

    /// <summary>The subjects under which something was to be registered, in order.</summary>
    public IEnumerable<string> Registered => Registry.Requests
        .Where(static request => request.StartsWith("POST /subjects/", StringComparison.Ordinal) && request.Contains("/versions", StringComparison.Ordinal))
        .Select(static request => Uri.UnescapeDataString(request.Split('/')[2]));

    public static async Task<AvroBench> StartAsync() => new(await EmbeddedSchemaRegistry.StartAsync());

    /// <summary>A host that is not started. Where its registry refuses, its start fails.</summary>
    public IHost Build(Action<IServiceCollection> configure, Action<SchemaRegistryOptions>? registry = null, string environment = "Development", bool usesAddress = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Services.AddEventDriven("Kafka", static options => options.WhenUnreachable = UnreachableAction.StopHost);
        builder.Services.AddSchemaRegistry("SchemaRegistry", options =>
        {
            options.RequestTimeout = TimeSpan.FromSeconds(60);
            options.TimeBudget = TimeSpan.FromSeconds(60);
            registry?.Invoke(options);
        });
        configure(builder.Services);
        builder.Services.UseEmbeddedKafka(Kafka);
        if (usesAddress) builder.Services.UseEmbeddedSchemaRegistry(Registry);
        return builder.Build();
    }

    public async Task<IHost> StartAsync(Action<IServiceCollection> configure, Action<SchemaRegistryOptions>? registry = null)
    {
        var host = Build(configure, registry);
        await host.StartAsync(Patience);
        return host;
    }

    public async Task ProduceAsync<T>(IHost host, T @event) => await host.Services.GetRequiredService<IEventProducer<T>>().ProduceAsync(@event, cancellationToken: Patience);

    public async ValueTask DisposeAsync()
    {
        await Kafka.DisposeAsync();
        await Registry.DisposeAsync();
        _patience.Dispose();
    }
}
