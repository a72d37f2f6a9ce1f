using EventDriven.SchemaRegistry.Avro.Serialization;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Avro.Tests.Serialization;

/// <summary>Serializers as the builders make them, over an embedded registry that takes every schema.</summary>
internal sealed class AvroBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private AvroBench(EmbeddedSchemaRegistry registry, ServiceProvider services) => (Registry, _services) = (registry, services);

    public EmbeddedSchemaRegistry Registry { get; }

    public static async Task<AvroBench> StartAsync()
    {
        var registry = await EmbeddedSchemaRegistry.StartAsync();
        registry.SetCompatibility("NONE");
        var services = new ServiceCollection();
        services.AddSchemaRegistry("SchemaRegistry", options =>
        {
            options.Urls = [registry.Url];
            options.AutoRegister = true;
            options.RequestTimeout = TimeSpan.FromSeconds(20);
            options.TimeBudget = TimeSpan.FromSeconds(40);
        });
        return new AvroBench(registry, services.BuildServiceProvider());
    }

    /// <summary>Compiled at run time; the vendor's for types of Apache.Avro.</summary>
    public IEventSerializer<T> Compiled<T>(Action<AvroOptions>? configure = null)
    {
        var options = Options(configure);
        return new AvroSerializerFactory(SchemaSettings.Create(_services, options), options, _services).Create<T>(EventComponent.Value);
    }

    /// <summary>By what was generated.</summary>
    public IEventSerializer<T> Generated<T>(Action<AvroOptions>? configure = null)
    {
        var options = Options(configure);
        return new GeneratedSerializerFactory(SchemaSettings.Create(_services, options), Tests.Generated.TestContext.Default, options).Create<T>(EventComponent.Value);
    }

    public static EventSerializationContext Context(string topic = "orders") => new(topic, EventComponent.Value, new EventHeaders());

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Registry.DisposeAsync();
    }

    private static AvroOptions Options(Action<AvroOptions>? configure)
    {
        var options = new AvroOptions();
        configure?.Invoke(options);
        return options;
    }
}
