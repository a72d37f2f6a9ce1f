using System.Text;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A host with a fake cluster, fake engines and a fake clock.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private IHost? _host;

    public TestHost(string json = """{ "Kafka": { "BootstrapServers": "broker:9092" } }""", bool addKafka = true)
    {
        Builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        Builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        if (addKafka) Builder.AddEventDriven("Kafka");
        Builder.Services.AddSingleton<IEventConsumerRunnerFactory>(Runners);
        Builder.Services.AddSingleton<ITopicInspector>(Inspector);
        Builder.Services.AddSingleton<TimeProvider>(Time);
        Builder.Services.AddSingleton<ILoggerProvider>(Logs);
    }

    public HostApplicationBuilder Builder { get; }

    public IServiceCollection Services => Builder.Services;

    public FakeRunners Runners { get; } = new();

    public FakeInspector Inspector { get; } = new();

    public WaitableTime Time { get; } = new();

    public LogLines Logs { get; } = new();

    public IHost Host => _host ??= Builder.Build();

    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    public TestHost Consumer(string topic = "orders", string group = "inventory", Action<EventConsumerBuilder>? configure = null)
    {
        Services.AddEventConsumer<string, Nothing>(topic, group, configure ?? (static _ => { }));
        return this;
    }

    public TestHost Consumer(string[] topics, string group = "inventory", Action<EventConsumerBuilder>? configure = null)
    {
        Services.AddEventConsumer<string, Nothing>(topics, group, configure ?? (static _ => { }));
        return this;
    }

    public Task StartAsync() => Host.StartAsync().WaitAsync(Patience);

    public Task StopAsync() => Host.StopAsync().WaitAsync(Patience);

    public async Task<IReadOnlyList<string>> ErrorsAtStartAsync() => (await Assert.ThrowsAsync<EventDrivenConfigurationException>(StartAsync)).Errors;

    public async Task<EventConsumerOptions> StartedOptionsAsync(string name = "inventory")
    {
        await StartAsync();
        return Runners[name].Settings.Options;
    }

    public IEventConsumerControl Control(string name = "inventory") => Host.Services.GetRequiredKeyedService<IEventConsumerControl>(name);

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }

    internal sealed class Nothing : IEventHandler<string>
    {
        public ValueTask HandleAsync(string @event, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
