using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Traffic;

/// <summary>Writes numbered events in transactions, of which one in four is aborted, by a client of its own on a thread of its own.</summary>
internal sealed class TransactionTraffic(ChaosService service, string servers, Load load, Receipts receipts, int seed)
{
    private const double Aborted = 0.25;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private readonly Random _random = new(seed);

    public long Committed { get; private set; }

    public long AbortedTransactions { get; private set; }

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken cancellationToken)
    {
        var keys = new KeySequence(_random);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
                {
                    BootstrapServers = servers,
                    TransactionalId = "chaos",
                    LingerMs = 5,
                    TransactionTimeoutMs = 20_000,
                    TopicMetadataRefreshIntervalMs = 5_000,
                    Partitioner = Partitioner.Murmur2Random,
                }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
                producer.InitTransactions(s_timeout);
                while (!cancellationToken.IsCancellationRequested)
                {
                    Transact(producer, keys);
                    cancellationToken.WaitHandle.WaitOne(s_pause);
                }
            }
            catch (KafkaException)
            {
                // Fenced, fatal, or the coordinator is away: another client begins anew. What it had open is aborted by that.
            }
        }
    }

    private void Transact(IProducer<string, byte[]> producer, KeySequence keys)
    {
        var written = new List<(ChaosEvent Event, DeliveryReport<string, byte[]>? Report)>();
        var isAborted = _random.NextDouble() < Aborted;
        producer.BeginTransaction();
        try
        {
            var count = Math.Max(1, (int)(load.Rate * s_pause.TotalSeconds));
            for (var i = 0; i < count; i++)
            {
                var (key, number) = keys.Next();
                var next = load.Next(_random, key, number);
                var place = written.Count;
                written.Add((next, null));
                producer.Produce(
                    service.Topic,
                    new Message<string, byte[]> { Key = key!, Value = JsonSerializer.SerializeToUtf8Bytes(next, JsonSerializerOptions.Web) },
                    report => written[place] = (next, report));
            }

            producer.Flush(s_timeout);
            if (isAborted)
            {
                producer.AbortTransaction(s_timeout);
                AbortedTransactions++;
            }
            else
            {
                Commit(producer);
                Committed++;
                foreach (var (sent, report) in written)
                {
                    receipts.Add(new Receipt(new TopicPlace(service.Topic, report!.Partition.Value), report.Offset.Value, sent.Key, sent.Number));
                }
            }
        }
        catch (KafkaTxnRequiresAbortException)
        {
            producer.AbortTransaction(s_timeout);
            receipts.Fail(written.Count);
        }
        catch (KafkaException)
        {
            receipts.Fail(written.Count);
            throw;
        }
    }

    private static void Commit(IProducer<string, byte[]> producer)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                producer.CommitTransaction(s_timeout);
                return;
            }
            catch (KafkaRetriableException) when (tries < 5)
            {
                // It may be called again, and goes on where it was.
            }
        }
    }
}
