using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Interoperability;
using EventDriven.Kafka.Broker.Tests.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Transactions;

/// <summary>
/// Members with transactions of which one comes or goes each half second, on three nodes: what is visible at the end is each input once, those of a key in their order.
/// <c>EVENTDRIVEN_TRANSACTION_RUNS</c> says how often that is done; 1 unless given.
/// </summary>
public sealed class TransactionStormTests(TransactionCrashTests.Cluster cluster) : IClassFixture<TransactionCrashTests.Cluster>
{
    private const int Events = 20_000;
    private const int Part = 500;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task A_group_that_never_settles_loses_and_doubles_nothing_and_keeps_the_order_of_keys(ConsumerGroupProtocol protocol)
    {
        var kafka = await cluster.Kafka;
        for (int time = 0; time < TransactionCrashTests.Runs; time++)
        {
            int seed = Environment.TickCount;
            TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
            var random = new Random(seed);
            await using var run = await TransactingRun.StartAsync(kafka, partitions: 24);
            await using var members = new Members(() => StartAsync(kafka, run, protocol));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
            for (int produced = 0; produced < Events; produced += Part)
            {
                members.Toggle(random.Next(Members.Count));
                await run.ProduceAsync(produced, Part);
                await timer.WaitForNextTickAsync(Cancelled);
            }

            await members.StartOneAsync();
            await run.AssertOnceAsync(Events).WaitAsync(s_patience, Cancelled);
        }
    }

    private static Task<IHost> StartAsync(KafkaCluster kafka, TransactingRun run, ConsumerGroupProtocol protocol) => ServiceHost.StartAsync(
        kafka,
        services =>
        {
            services.AddEventProducer<string>(run.Output, static p => p.KeyedBy(static text => text.Split('-')[0]));
            services.AddEventConsumer(run.Topic, run.Group, consumer => consumer
                .InTransactions()
                .InKeyOrder(maxConcurrency: 16)
                .Configure(options => options.GroupProtocol = protocol)
                .Handle(static async (string text, EventContext context, IEventProducer<string> output, CancellationToken cancellationToken) =>
                {
                    // Out of order among keys, so that there are gaps at each commit.
                    if (context.Offset % 13 == 0) await Task.Delay(5, cancellationToken);
                    await output.ProduceAsync(text, cancellationToken);
                }));
        },
        Cancelled);

    /// <summary>Services that come and go, each one step after the other, and nobody waits for a step.</summary>
    private sealed class Members(Func<Task<IHost>> start) : IAsyncDisposable
    {
        public const int Count = 6;

        private readonly Task<IHost?>[] _last = [.. Enumerable.Repeat(Task.FromResult<IHost?>(null), Count)];

        /// <summary>Stops one that is there, and starts one that is not.</summary>
        public void Toggle(int member) => _last[member] = ToggleAsync(_last[member]);

        /// <summary>Waits for all steps, and sees to it that there is somebody.</summary>
        public async Task StartOneAsync()
        {
            if (Array.TrueForAll(await Task.WhenAll(_last), static host => host is null)) Toggle(0);
            await Task.WhenAll(_last);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var last in _last)
            {
                if (await last is { } host) await StopAsync(host);
            }
        }

        private async Task<IHost?> ToggleAsync(Task<IHost?> last)
        {
            if (await last is not { } host) return await start();

            await StopAsync(host);
            return null;
        }

        private static async Task StopAsync(IHost host)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
