using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A service with one consumer, <c>inventory</c> of the topic <c>orders</c>, on the embedded Kafka.</summary>
internal sealed class EmbeddedInventory : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _patience = new(Patience);

    private EmbeddedInventory(IHost host, LogLines logs)
    {
        Host = host;
        Logs = logs;
    }

    public IHost Host { get; }

    public LogLines Logs { get; }

    public IEventConsumerControl Control => Host.Services.GetRequiredKeyedService<IEventConsumerControl>("inventory");

    public static async Task<EmbeddedInventory> StartAsync(EmbeddedKafka kafka, Action<EventConsumerBuilder> consumer, Action<IServiceCollection>? services = null)
    {
        var logs = new LogLines();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(logs);
        builder.AddEventDriven("Kafka");
        services?.Invoke(builder.Services);
        builder.Services.AddEventConsumer("orders", "inventory", c =>
        {
            c.Configure(options => options.CommitInterval = TimeSpan.FromMilliseconds(50));
            consumer(c);
        });
        builder.Services.UseEmbeddedKafka(kafka);
        var service = new EmbeddedInventory(builder.Build(), logs);
        await service.Host.StartAsync(service._patience.Token);
        return service;
    }

    /// <summary>Produces events with the key and the number before and after the colon; what has none is no JSON.</summary>
    public static async Task ProduceAsync(EmbeddedKafka kafka, params string[] events)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        foreach (var text in events)
        {
            var parts = text.Split(':');
            var message = new Message<string, string> { Key = parts[0], Value = parts.Length > 1 ? $$"""{"number":{{parts[1]}}}""" : "{", Headers = [] };
            if (text.Length < 100)
            {
                message.Headers.Add("source", Encoding.UTF8.GetBytes(text));
            }

            await producer.ProduceAsync(new TopicPartition("orders", parts.Length > 2 ? int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) : 0), message).WaitAsync(Patience);
        }
    }

    public static Task<long?> CommittedAsync(EmbeddedKafka kafka, int partition = 0) =>
        kafka.Observer.CommittedAsync("inventory", new TopicPartition("orders", partition), CancellationToken.None);

    public Task WaitUntilCommittedAsync(long offset) => Host.Services.WaitUntilCommittedAsync("inventory", "orders", 0, offset, _patience.Token);

    public Task WaitUntilHandledAsync(long count) => Host.Services.WaitUntilHandledAsync("inventory", count, _patience.Token);

    /// <summary>Waits until the consumer holds so many events that are not finished.</summary>
    public Task WaitUntilHeldAsync(int count) => WaitUntilAsync(snapshot => snapshot.Assignments.Sum(assignment => assignment.Held) == count);

    public Task WaitUntilAsync(Func<ConsumerSnapshot, bool> condition) =>
        Host.Services.GetRequiredService<HostedConsumers>().Get("inventory").Engine!.WaitUntilAsync(condition, _patience.Token);

    /// <summary>Waits until a partition has stopped at a failed event.</summary>
    /// <returns>The offset, the attempts, and the error.</returns>
    public async Task<StoppedAt> WaitUntilStoppedAsync()
    {
        StoppedAt? stopped = null;
        await WaitUntilAsync(snapshot => (stopped = snapshot.Assignments.FirstOrDefault(assignment => assignment.StoppedAt is not null)?.StoppedAt) is not null);
        return stopped!;
    }

    public Task StopAsync() => Host.StopAsync(_patience.Token).WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Host.Dispose();
        _patience.Dispose();
    }
}
