using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>A registry in the process, and settings of serializers on it. Once all schemas are known nobody asks it.</summary>
internal sealed class SchemaBench : IAsyncDisposable
{
    private readonly EmbeddedSchemaRegistry _registry;
    private readonly ServiceProvider _services;

    private SchemaBench(EmbeddedSchemaRegistry registry, ServiceProvider services) => (_registry, _services) = (registry, services);

    public string Url => _registry.Url;

    public EmbeddedSchemaRegistry Registry => _registry;

    public IServiceProvider Services => _services;

    public SchemaRegistryAccess Access => _services.GetRequiredService<RegistryDirectory>().Get(null);

    public static EventSerializationContext Context { get; } = new("orders", EventComponent.Value, new EventHeaders());

    public static async Task<SchemaBench> StartAsync()
    {
        var registry = await EmbeddedSchemaRegistry.StartAsync();
        var services = new ServiceCollection();
        services.AddSchemaRegistry("SchemaRegistry", options => (options.Urls, options.AutoRegister) = ([registry.Url], true));
        return new SchemaBench(registry, services.BuildServiceProvider());
    }

    public SchemaSettings Settings(SchemaSerializationOptions options) => SchemaSettings.Create(_services, options);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _registry.DisposeAsync();
    }

    /// <summary>One side: nothing but the calls.</summary>
    public static Task<Measurement> Measure(BenchmarkRun run, int events, Func<object> call)
    {
        events = run.Options.Events ?? events;
        var running = Measurement.Start();
        for (var i = 0; i < events; i++) call();
        return Task.FromResult(running.Stop(events));
    }

    /// <summary>The result of a call that has ended already.</summary>
    public static T Ended<T>(ValueTask<T> call) => call.IsCompletedSuccessfully ? call.Result : throw new InvalidOperationException("It waits for something.");
}
