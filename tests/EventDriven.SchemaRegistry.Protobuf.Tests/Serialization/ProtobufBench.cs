using Confluent.SchemaRegistry;
using EventDriven.SchemaRegistry.Protobuf.Serialization;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

/// <summary>Serializers as the builders make them, over an embedded registry or another one.</summary>
internal sealed class ProtobufBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;

    private ProtobufBench(EmbeddedSchemaRegistry? registry, ServiceProvider services) => (_registry, _services) = (registry, services);

    private readonly EmbeddedSchemaRegistry? _registry;

    public EmbeddedSchemaRegistry Registry => _registry!;

    public SchemaRegistryAccess Access => _services.GetRequiredService<RegistryDirectory>().Get(null);

    public ISchemaRegistryClient Client => _services.GetRequiredKeyedService<ISchemaRegistryClient>("SchemaRegistry");

    public static async Task<ProtobufBench> StartAsync(Action<SchemaRegistryOptions>? configure = null)
    {
        var registry = await EmbeddedSchemaRegistry.StartAsync();
        return new ProtobufBench(registry, Services(registry.Url, configure));
    }

    /// <summary>Over a registry that runs.</summary>
    public static ProtobufBench On(string url, Action<SchemaRegistryOptions>? configure = null) => new(null, Services(url, configure));

    public IEventSerializer<T> Serializer<T>(Action<ProtobufOptions>? configure = null, EventComponent component = EventComponent.Value) => Factory(configure).Create<T>(component);

    public ProtobufSerializerFactory Factory(Action<ProtobufOptions>? configure = null)
    {
        var options = new ProtobufOptions();
        configure?.Invoke(options);
        return new ProtobufSerializerFactory(SchemaSettings.Create(_services, options), options);
    }

    public static EventSerializationContext Context(EventComponent component = EventComponent.Value, EventHeaders? headers = null, string topic = "orders") => new(topic, component, headers ?? new EventHeaders());

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_registry is not null) await _registry.DisposeAsync();
    }

    private static ServiceProvider Services(string url, Action<SchemaRegistryOptions>? configure)
    {
        var services = new ServiceCollection();
        services.AddSchemaRegistry("SchemaRegistry", options =>
        {
            options.Urls = [url];
            options.AutoRegister = true;
            options.RequestTimeout = TimeSpan.FromSeconds(20);
            options.TimeBudget = TimeSpan.FromSeconds(40);
            configure?.Invoke(options);
        });
        return services.BuildServiceProvider();
    }
}
