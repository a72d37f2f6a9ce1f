using EventDriven.Interop.Tests.Peers;
using EventDriven.SchemaRegistry.Testing;
using EventDriven.SchemaRegistry.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Interop.Tests;

/// <summary>Our serializers as the builders make them, and where the clients of others find the same records.</summary>
internal sealed class InteropBench : IAsyncDisposable
{
    private readonly EmbeddedSchemaRegistry? _embedded;
    private readonly ServiceProvider _services;

    private InteropBench(EmbeddedSchemaRegistry? embedded, string url)
    {
        (_embedded, Url) = (embedded, url);
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        services.AddSchemaRegistry("SchemaRegistry", options =>
        {
            (options.Urls, options.AutoRegister) = ([url], true);
            (options.RequestTimeout, options.TimeBudget) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40));
        });
        _services = services.BuildServiceProvider();
    }

    public string Url { get; }

    /// <summary>A topic of its own: the registry of others keeps what earlier tests registered.</summary>
    public string Topic { get; } = $"interop-{Guid.NewGuid():N}";

    public static async Task<InteropBench> StartAsync(RegistryKind kind, RealRegistry real)
    {
        if (kind is RegistryKind.Real)
        {
            Assert.SkipUnless(RegistryDistribution.IsPresent, RegistryDistribution.HowToRun);
            return new InteropBench(null, real.Url);
        }

        var embedded = await EmbeddedSchemaRegistry.StartAsync();
        return new InteropBench(embedded, embedded.Url);
    }

    public PeerAddress Address(string format, EventComponent component, PeerMessage? message = null) => new(Url, format, Topic, component, message);

    public IEventSerializer<T> Serializer<T>(EventComponent component, Action<IEventSerializationBuilder> use)
    {
        var builder = new FactoryBuilder();
        use(builder);
        return builder.Factory!(_services).Create<T>(component);
    }

    public async Task<PeerRecord> WriteAsync<T>(IEventSerializer<T> serializer, T value, EventComponent component)
    {
        var headers = new EventHeaders();
        var data = await serializer.SerializeAsync(value, new EventSerializationContext(Topic, component, headers), TestContext.Current.CancellationToken);
        return new PeerRecord(data, headers.ToDictionary(static header => header.Name, static header => header.Value!.Value.ToArray()));
    }

    public async Task<T> ReadAsync<T>(IEventSerializer<T> serializer, PeerRecord record, EventComponent component) =>
        await serializer.DeserializeAsync(record.Data, new EventSerializationContext(Topic, component, record.ToHeaders()), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_embedded is not null) await _embedded.DisposeAsync();
    }

    private sealed class FactoryBuilder : IEventSerializationBuilder
    {
        public Func<IServiceProvider, IEventSerializerFactory>? Factory { get; private set; }

        public void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory) => Factory = factory;
    }
}
