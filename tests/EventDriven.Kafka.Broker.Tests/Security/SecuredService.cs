using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>A service with one consumer, <c>reader</c>, and one producer, whose security comes from configuration and whose logs are captured.</summary>
internal sealed class SecuredService : IAsyncDisposable
{
    public const string Group = "reader";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<string>[] _handled = [.. Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously))];
    private int _count;

    /// <param name="broker">The broker.</param>
    /// <param name="listener">Where the service comes in.</param>
    /// <param name="topic">The topic that both use.</param>
    /// <param name="settings">Configuration under <c>Kafka</c>.</param>
    /// <param name="register">Adds services.</param>
    public SecuredService(
        SecuredBroker broker, string listener, string topic, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? register = null, TimeSpan? deliveryTimeout = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "secured" });
        builder.Logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        builder.Configuration.AddInMemoryCollection([
            new("Kafka:BootstrapServers", broker.Cluster.BootstrapServersOf(listener)),
            // A client that was refused tries again soon, not after up to 10 seconds.
            new("Kafka:Client:reconnect.backoff.max.ms", "200"),
            .. settings.Select(setting => KeyValuePair.Create($"Kafka:{setting.Key}", setting.Value)),
        ]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<string>(topic, p => p.Configure(o => o.DeliveryTimeout = deliveryTimeout ?? s_patience));
        builder.Services.AddEventConsumer(topic, Group, c => c.Handle<string>((text, _) =>
        {
            int number = Interlocked.Increment(ref _count) - 1;
            if (number < _handled.Length)
            {
                _handled[number].TrySetResult(text);
            }

            return ValueTask.CompletedTask;
        }));
        register?.Invoke(builder.Services);
        Host = builder.Build();
    }

    public IHost Host { get; }

    public LogCapture Log { get; } = new();

    public IEventProducer<string> Producer => Host.Services.GetRequiredService<IEventProducer<string>>();

    public Task StartAsync() => Host.StartAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience);

    public Task StopAsync() => Host.StopAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience);

    /// <summary>The text of the event that was handled as the given number.</summary>
    public Task<string> HandledAsync(int number = 1) => Soon(_handled[number - 1].Task);

    public Task<string> LoggedAsync(int id, int count = 1) => Soon(Log.WaitForAsync(id, count));

    /// <summary>Waits until the consumer's position is committed at an offset of its one partition.</summary>
    public Task CommittedAsync(long offset) => Host.Services.GetRequiredService<HostedConsumers>().Get(Group).Engine!
        .WaitUntilAsync(state => state.Committed.Values.Any(committed => committed >= offset), TestContext.Current.CancellationToken).WaitAsync(s_patience);

    public async Task<HealthReportEntry> HealthAsync(string check) =>
        (await Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries[check];

    public void AssertNoSecrets()
    {
        string log = Log.ToString();
        Assert.DoesNotContain(SecuredBroker.PlainPassword, log, StringComparison.Ordinal);
        Assert.DoesNotContain(SecuredBroker.ScramPassword, log, StringComparison.Ordinal);
        Assert.DoesNotContain(SecuredBroker.KeyPassword, log, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }

    private async Task<string> Soon(Task<string> task)
    {
        try
        {
            return await task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It did not come. Logged:\n{Log}");
        }
    }
}
