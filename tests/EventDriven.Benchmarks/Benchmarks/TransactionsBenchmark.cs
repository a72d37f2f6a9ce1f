using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>
/// Events that are read and written again, one for one, in transactions of 1,000 and of 10,000: a consumer with transactions against a loop around the raw clients, and against itself
/// without them. Measured from the first event to the commit of the last.
/// </summary>
/// <remarks>
/// What is finished while a transaction is being sent and committed goes into the next one, up to ten times as many as make it commit: with a backlog these are the sizes of ours. The loop puts
/// as many into one as ours had on average in the run before it: what a commit costs is then shared by as many events on both sides.
/// </remarks>
internal sealed class TransactionsBenchmark : IBenchmark
{
    private const int Partitions = 4;
    private const int Usual = 10_000;

    /// <summary>What makes ours commit, as a part of the most that it takes into a transaction.</summary>
    private const int Part = 10;

    public string Name => "transactions";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        if (run.IsEmbedded)
        {
            run.Say("transactions need a real broker: the embedded one commits no offsets in them");
            yield break;
        }

        var events = run.Events(real: 200_000, embedded: 0);
        var topic = await run.FillTopicAsync(Partitions, events, static i => new Message<byte[]?, byte[]> { Value = Order.Json(i) });
        var sizes = new List<IReadOnlyList<long>>();
        foreach (var size in (int[])[1_000, Usual])
        {
            sizes.Clear();
            var against = await Comparison.RunAsync(
                run, $"transactions-{size}", () => OursAsync(run, topic, events, size, sizes), () => RawAsync(run, topic, events, (int)Math.Round(sizes[^1].Average())));
            yield return WithSizes(against, sizes, "as many in raw, by the run before");
        }

        sizes.Clear();
        var cost = await Comparison.RunAsync(run, "transactions-cost", () => OursAsync(run, topic, events, Usual, sizes), () => OursAsync(run, topic, events, Usual, null));
        yield return WithSizes(cost, sizes, "raw is the same consumer without them");
        await run.DeleteTopicAsync(topic);
    }

    /// <summary>Says how large the transactions of ours were, without those of the first run, which only warms up.</summary>
    private static Row WithSizes(Row row, List<IReadOnlyList<long>> sizes, string raw)
    {
        var (means, largest) = (sizes.Skip(1).Select(static one => one.Average()).ToArray(), sizes.Skip(1).Max(static one => one.Max()));
        return row with
        {
            EventsPerTransaction = Comparison.Median(means),
            LargestTransaction = largest,
            Note = string.Create(
                CultureInfo.InvariantCulture, $"{Comparison.Median(means):N0} events in a transaction of ours ({means.Min():N0} to {means.Max():N0} by run, {largest:N0} in the largest); {raw}"),
        };
    }

    /// <param name="run">The run.</param>
    /// <param name="topic">What is read.</param>
    /// <param name="events">How many events it has.</param>
    /// <param name="size">The most that it takes into a transaction.</param>
    /// <param name="sizes">Gets how many events each transaction had; null for a consumer without transactions.</param>
    private static async Task<Measurement> OursAsync(BenchmarkRun run, string topic, int events, int size, List<IReadOnlyList<long>>? sizes)
    {
        var output = await run.CreateTopicAsync(Partitions);
        var group = Guid.NewGuid().ToString();
        var started = new StartOf();
        using var measured = new TransactionSizes(group);
        using var host = run.CreateHost(services => services
            .AddSingleton(started)
            .AddEventProducer<byte[]>(output, static p => p.WithoutCloudEvents())
            .AddEventConsumer(topic, group, consumer =>
            {
                consumer.Configure(options => (options.CommitInterval, options.CommitAfterEvents) = (TimeSpan.FromSeconds(1), size / Part));
                consumer.Handle<byte[], Copying>();
                if (sizes is not null) consumer.InTransactions();
            }));
        await host.StartAsync(run.Stopping);
        var control = host.Services.GetRequiredKeyedService<IEventConsumerControl>(group);
        while (control.Status.Partitions.Sum(static partition => partition.CommittedPosition ?? 0) < events) await Task.Delay(5, run.Stopping);

        var measurement = started.Running.Stop(events);
        sizes?.Add(measured.All);
        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(output);
        return measurement;
    }

    private static async Task<Measurement> RawAsync(BenchmarkRun run, string topic, int events, int size)
    {
        var output = await run.CreateTopicAsync(Partitions);
        var measurement = await Task.Factory.StartNew(() => Copy(run, topic, output, events, size), run.Stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await run.DeleteTopicAsync(output);
        return measurement;
    }

    private static Measurement Copy(BenchmarkRun run, string topic, string output, int events, int size)
    {
        var settings = run.RawConsumerSettings();
        settings.EnableAutoCommit = false;
        settings.IsolationLevel = IsolationLevel.ReadCommitted;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]>(settings).Build();
        using var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = run.BootstrapServers,
            TransactionalId = Guid.NewGuid().ToString(),
            Partitioner = Partitioner.Murmur2Random,
            LingerMs = 5,

            // All of a transaction has room.
            QueueBufferingMaxMessages = Math.Max(100_000, size),
        }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        consumer.Subscribe(topic);
        var positions = new Dictionary<TopicPartition, TopicPartitionOffset>();
        var running = default(Measurement.Running);
        for (var done = 0; done < events;)
        {
            var record = consumer.Consume(run.Stopping);
            if (record.IsPartitionEOF) continue;

            if (done == 0) running = Measurement.Start();
            if (done % size == 0) producer.BeginTransaction();
            producer.Produce(output, new Message<byte[]?, byte[]> { Value = record.Message.Value });
            positions[record.TopicPartition] = new TopicPartitionOffset(record.TopicPartition, record.Offset + 1);
            if (++done % size == 0 || done == events)
            {
                producer.SendOffsetsToTransaction(positions.Values, consumer.ConsumerGroupMetadata, TimeSpan.FromSeconds(30));
                producer.CommitTransaction();
                positions.Clear();
            }
        }

        var measurement = running.Stop(events);
        consumer.Close();
        return measurement;
    }

    internal sealed class StartOf
    {
        private int _isStarted;

        public Measurement.Running Running { get; private set; }

        public void Note()
        {
            if (Volatile.Read(ref _isStarted) == 0 && Interlocked.Exchange(ref _isStarted, 1) == 0) Running = Measurement.Start();
        }
    }

    internal sealed class Copying(IEventProducer<byte[]> producer, StartOf started) : IEventHandler<byte[]>
    {
        public async ValueTask HandleAsync(byte[] value, EventContext context, CancellationToken cancellationToken)
        {
            started.Note();

            // Not awaited until it is acknowledged: without transactions that would be what is measured.
            await producer.EnqueueAsync(value, null, cancellationToken: cancellationToken);
        }
    }
}
