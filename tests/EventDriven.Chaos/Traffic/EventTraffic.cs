using Confluent.Kafka;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Chaos.Traffic;

/// <summary>Writes numbered events to the topic of a service by a producer of the library, and now and then bytes that nobody can decode.</summary>
internal sealed class EventTraffic(ChaosService service, IEventProducer<ChaosEvent> producer, IProducer<string, byte[]> raw, Load load, Receipts receipts, int seed)
{
    private const int BurstOf = 3_000;
    private const double Undecodable = 0.002;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(seed);
    private readonly HashSet<Task> _underWay = [];

    /// <summary>Adds a producer of the library for each topic that is not written in transactions.</summary>
    public static void AddProducers(IServiceCollection services)
    {
        foreach (var service in ChaosService.All.Where(static service => !service.IsTransactional))
        {
            services.AddKeyedEventProducer<ChaosEvent>(service.Name, service.Topic, static producer => producer.KeyedBy(static written => written.Key));
        }
    }

    /// <summary>Produces until it is cancelled, and ends when every event has its answer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var keys = new KeySequence(_random);
        using var timer = new PeriodicTimer(s_tick);
        var (started, produced, bursts) = (Monotonic.Now, 0L, 0);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var due = (long)(Monotonic.Seconds(Monotonic.Now - started) * load.Rate);
                var extra = load.Bursts > bursts ? BurstOf : 0;
                bursts = load.Bursts;
                for (; produced < due; produced++)
                {
                    Produce(keys);
                }

                for (var i = 0; i < extra; i++)
                {
                    Produce(keys);
                }

                _underWay.RemoveWhere(static task => task.IsCompleted);
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(_underWay);
    }

    private void Produce(KeySequence keys)
    {
        if (_random.NextDouble() < Undecodable)
        {
            _underWay.Add(ProduceBytesAsync($"key-{_random.Next(40)}"));
            return;
        }

        var (key, number) = keys.Next();
        _underWay.Add(ProduceAsync(load.Next(_random, key, number)));
    }

    private async Task ProduceAsync(ChaosEvent written)
    {
        try
        {
            var receipt = await producer.ProduceAsync(written);
            receipts.Add(new Receipt(new TopicPlace(receipt.Topic, receipt.Partition), receipt.Offset, written.Key, written.Number));
        }
        catch (EventProduceException)
        {
            receipts.Fail();
        }
    }

    private async Task ProduceBytesAsync(string key)
    {
        try
        {
            var receipt = await raw.ProduceAsync(service.Topic, new Message<string, byte[]> { Key = key, Value = [0xFF, 0x00, 0xFE] });
            receipts.Add(new Receipt(new TopicPlace(receipt.Topic, receipt.Partition.Value), receipt.Offset.Value, key, 0));
        }
        catch (ProduceException<string, byte[]>)
        {
            receipts.Fail();
        }
    }
}
