using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Worker;

/// <summary>
/// <c>transact</c>: a consumer with transactions that writes each text of <c>--topic</c> once to <c>--output</c>. Prints <c>ready</c>.
/// <c>--halt begin:3</c> (or <c>produce</c>, <c>offsets</c>, <c>commit</c>, or <c>committed</c>, behind it) prints <c>halted</c> at the third of those calls, and goes no further: the process is to be
/// killed, or frozen, right there. <c>--halt-ms</c> lets it go on after that time. <c>--fail-every 5</c> has each fifth event fail twice, and keeps key order through its retries;
/// with <c>--policy reorder</c> they go through retry topics. Of what the library logs, from information on, it prints the numbers: <c>log 6011</c>.
/// </summary>
internal static class Transacting
{
    public static async Task RunAsync(WorkerOptions options)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Milliseconds("--shutdown-timeout", "30000"));
        using var printed = new Printed(options);
        using var logged = new PrintedLog(printed);
        builder.Logging.ClearProviders().AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace).AddProvider(logged).SetMinimumLevel(LogLevel.Warning)
            .AddFilter<PrintedLog>("EventDriven", LogLevel.Information);
        builder.Services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = options.Get("--bootstrap-servers"));
        int failEvery = int.Parse(options.Get("--fail-every", "0"), CultureInfo.InvariantCulture);
        var halt = new Halt(options, printed);
        builder.Services.AddSingleton<TransactionalProducerFactory>(settings => (onError, onLog, tokens) =>
            new HaltingProducer(ConfluentProducerFactory.For(settings)(onError, onLog, tokens), halt));
        builder.Services.AddEventProducer<string>(options.Get("--output"), static p => p.KeyedBy(static text => text.Split('-')[0]));
        builder.Services.AddEventConsumer(options.Get("--topic"), options.Get("--group"), consumer => consumer
            .Configure(settings =>
            {
                settings.CommitInterval = options.Milliseconds("--commit-interval", "100");
                settings.TransactionTimeout = options.Milliseconds("--transaction-timeout", "5000");
                settings.InstanceId = options.Get("--instance", "") is { Length: > 0 } instance ? instance : null;
                settings.DrainTimeout = options.Milliseconds("--drain-timeout", "4000");
                if (options.Get("--protocol", "Auto") == "Classic") settings.Client["session.timeout.ms"] = "6000";
                settings.GroupProtocol = Enum.Parse<ConsumerGroupProtocol>(options.Get("--protocol", "Auto"));
            })
            .InTransactions()
            .InKeyOrder(maxConcurrency: 16)
            .ProvisionTopics()
            .OnFailure(f =>
            {
                if (failEvery == 0) return;

                f.ThenRetryTopics("50ms", "200ms", "1s");
                (options.Get("--policy", "keep-order") == "reorder" ? f.AllowReordering() : f.KeepKeyOrder()).ThenDeadLetter();
            })
            .Handle(async (string text, EventContext context, IEventProducer<string> output, CancellationToken cancellationToken) =>
            {
                // It has produced something by then, which must be nowhere.
                if (failEvery > 0 && context.Attempt <= 2 && int.Parse(text.Split('-')[1].TrimEnd('"'), CultureInfo.InvariantCulture) % failEvery == 0)
                {
                    await output.ProduceAsync(text + "-failed", cancellationToken);
                    throw new InvalidOperationException("told to fail");
                }

                // Out of order among keys, so that there are gaps at each commit.
                if (text.GetHashCode(StringComparison.Ordinal) % 7 == 0) await Task.Delay(5, cancellationToken);
                await output.ProduceAsync(text, cancellationToken);
            }));
        using var host = builder.Build();
        await host.StartAsync();
        printed.WriteLine("ready");
        await host.WaitForShutdownAsync();
    }

    /// <summary>Where the process stands still.</summary>
    private sealed class Halt(WorkerOptions options, Printed printed)
    {
        private readonly string[] _at = options.Get("--halt", "").Split(':');
        private readonly TimeSpan _for = options.Milliseconds("--halt-ms", "-1");
        private int _calls;

        public void Pass(string call)
        {
            if (_at[0] != call || Interlocked.Increment(ref _calls) != int.Parse(_at[1], CultureInfo.InvariantCulture)) return;

            printed.WriteLine("halted");
            Thread.Sleep(_for);
        }
    }

    private sealed class HaltingProducer(IProducer<byte[], byte[]> inner, Halt halt) : IProducer<byte[], byte[]>
    {
        public Handle Handle => inner.Handle;

        public string Name => inner.Name;

        public void InitTransactions(TimeSpan timeout) => inner.InitTransactions(timeout);

        public void BeginTransaction()
        {
            inner.BeginTransaction();
            halt.Pass("begin");
        }

        public void Produce(TopicPartition topicPartition, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>>? deliveryHandler = null)
        {
            inner.Produce(topicPartition, message, deliveryHandler);
            halt.Pass("produce");
        }

        public void SendOffsetsToTransaction(IEnumerable<TopicPartitionOffset> offsets, IConsumerGroupMetadata groupMetadata, TimeSpan timeout)
        {
            inner.SendOffsetsToTransaction(offsets, groupMetadata, timeout);
            halt.Pass("offsets");
        }

        public void CommitTransaction()
        {
            halt.Pass("commit");
            inner.CommitTransaction();
            halt.Pass("committed");
        }

        public void AbortTransaction() => inner.AbortTransaction();

        public int Poll(TimeSpan timeout) => inner.Poll(timeout);

        public int Flush(TimeSpan timeout) => inner.Flush(timeout);

        public void Flush(CancellationToken cancellationToken = default) => inner.Flush(cancellationToken);

        public void CommitTransaction(TimeSpan timeout) => inner.CommitTransaction(timeout);

        public void AbortTransaction(TimeSpan timeout) => inner.AbortTransaction(timeout);

        public Task<DeliveryResult<byte[], byte[]>> ProduceAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken = default) =>
            inner.ProduceAsync(topic, message, cancellationToken);

        public Task<DeliveryResult<byte[], byte[]>> ProduceAsync(TopicPartition topicPartition, Message<byte[], byte[]> message, CancellationToken cancellationToken = default) =>
            inner.ProduceAsync(topicPartition, message, cancellationToken);

        public void Produce(string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>>? deliveryHandler = null) => inner.Produce(topic, message, deliveryHandler);

        public int AddBrokers(string brokers) => inner.AddBrokers(brokers);

        public void SetSaslCredentials(string username, string password) => inner.SetSaslCredentials(username, password);

        public void Dispose() => inner.Dispose();
    }
}
