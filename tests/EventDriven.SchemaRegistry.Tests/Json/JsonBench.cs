using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Serializers as the builders make them, over an embedded registry.</summary>
internal sealed class JsonBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private JsonBench(EmbeddedSchemaRegistry registry, ServiceProvider services) => (Registry, _services) = (registry, services);

    public EmbeddedSchemaRegistry Registry { get; }

    public IServiceProvider Services => _services;

    public static async Task<JsonBench> StartAsync(Action<SchemaRegistryOptions>? configure = null, TimeProvider? time = null)
    {
        var registry = await EmbeddedSchemaRegistry.StartAsync();
        var services = new ServiceCollection();
        if (time is not null) services.AddSingleton(time);
        services.AddSchemaRegistry("SchemaRegistry", options =>
        {
            options.AutoRegister = true;
            options.RequestTimeout = TimeSpan.FromSeconds(20);
            options.TimeBudget = TimeSpan.FromSeconds(40);
            configure?.Invoke(options);
        });
        services.UseEmbeddedSchemaRegistry(registry);
        return new JsonBench(registry, services.BuildServiceProvider());
    }

    public IEventSerializer<T> Serializer<T>(Action<JsonSchemaOptions>? configure = null, EventComponent component = EventComponent.Value) => Factory(configure).Create<T>(component);

    public JsonSchemaSerializerFactory Factory(Action<JsonSchemaOptions>? configure = null)
    {
        var options = new JsonSchemaOptions { SerializerOptions = OrdersJson.Default.Options };
        configure?.Invoke(options);
        return new JsonSchemaSerializerFactory(SchemaSettings.Create(_services, options), options);
    }

    public static EventSerializationContext Context(EventComponent component = EventComponent.Value, EventHeaders? headers = null, bool isCloudEvent = false) =>
        new("orders", component, headers ?? new EventHeaders()) { IsCloudEvent = isCloudEvent };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Registry.DisposeAsync();
    }
}
