using System.Collections.Concurrent;
using System.Globalization;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Interoperability;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>A service whose handler fails at the first attempt at events that say so, and lets them wait in a retry topic.</summary>
internal sealed class RetryingService(IHost host, string group) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private EventConsumer Engine => host.Services.GetRequiredService<HostedConsumers>().Get(group).Engine!;

    /// <param name="kafka">The cluster.</param>
    /// <param name="topic">The topic that it reads; its group has the same name.</param>
    /// <param name="delay">How long events wait.</param>
    /// <param name="attempts">Where each attempt is noted: the event, the number of the attempt, and how long after its time it was started.</param>
    /// <param name="configure">Further options.</param>
    public static async Task<RetryingService> StartAsync(
        KafkaCluster kafka, string topic, string delay, ConcurrentQueue<(string Event, int Attempt, TimeSpan Late)> attempts, Action<EventConsumerOptions>? configure = null)
    {
        var host = await ServiceHost.StartAsync(
            kafka,
            services => services.AddEventConsumer(topic, topic, consumer => consumer
                .Unordered(16)
                .ProvisionTopics()
                .Configure(static options =>
                {
                    options.CommitInterval = TimeSpan.FromMilliseconds(100);
                    options.TopicRefreshInterval = TimeSpan.FromMilliseconds(500);
                })
                .Configure(configure ?? (static _ => { }))
                .OnFailure(failure => failure.ThenRetryTopics(delay))
                .Handle((string value, EventContext context, CancellationToken _) =>
                {
                    var due = context.Headers.GetText("eventdriven-due-at") is { } text ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture)) : default;
                    attempts.Enqueue((value, context.Attempt, due == default ? TimeSpan.Zero : DateTimeOffset.UtcNow - due));
                    return value.StartsWith("fails", StringComparison.Ordinal) && context.Attempt == 1 ? throw new InvalidOperationException(value) : ValueTask.CompletedTask;
                })),
            TestContext.Current.CancellationToken);
        return new RetryingService(host, topic);
    }

    public Task UntilAsync(Func<ConsumerSnapshot, bool> condition) => Engine.WaitUntilAsync(condition, TestContext.Current.CancellationToken).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
