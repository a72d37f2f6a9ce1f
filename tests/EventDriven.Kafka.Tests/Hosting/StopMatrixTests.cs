using System.Diagnostics;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A stop ends in its time whatever goes on. (By SIGTERM, and with frozen brokers: the matrix of the tests on real brokers.)</summary>
public sealed class StopMatrixTests : IAsyncDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(6);

    /// <summary>A stop of one consumer has the time of its drain and 5 seconds to leave the group.</summary>
    private static readonly TimeSpan s_consumer = s_drain + TimeSpan.FromSeconds(5);

    /// <summary>Timers and continuations of a machine that does a lot of other things. What does not end in its time takes a minute and more.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(4);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What goes on.</summary>
    public enum During
    {
        /// <summary>Nothing.</summary>
        Idle,

        /// <summary>A handler that takes longer than the drain, and ends when it is told to.</summary>
        Busy,

        /// <summary>An event waits an hour for its next attempt in place.</summary>
        BackOff,

        /// <summary>An event is parked for an hour.</summary>
        Parked,

        /// <summary>Partitions are being given up to another member, and a handler does not end.</summary>
        Rebalance,

        /// <summary>A dead letter is on its way, and the broker does not answer.</summary>
        DeadLetterWrite,

        /// <summary>No broker can be reached.</summary>
        BrokerGone,

        /// <summary>A handler that never ends.</summary>
        HandlerIgnoresCancellation,
    }

    public static MatrixTheoryData<During, bool> Rows => new(Enum.GetValues<During>(), [true, false]);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_stop_ends_in_its_time(During during, bool ofHost)
    {
        _kafka.CreateTopic("orders", 2);
        _kafka.CreateTopic("inventory--orders--parked", 2);
        _kafka.CreateTopic("inventory--orders--dlq", 2);
        await using var service = await StartAsync(during);
        EmbeddedInventory? other = null;
        switch (during)
        {
            case During.Idle or During.BrokerGone:
                await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
                await service.WaitUntilCommittedAsync(1);
                if (during is During.BrokerGone) _kafka.Faults.StopBrokers();
                break;

            case During.Parked:
                await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
                await service.WaitUntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Parking!.Entries) == 1);
                break;

            case During.DeadLetterWrite:
                await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
                await _running.Task.WaitAsync(EmbeddedInventory.Patience);
                _kafka.Faults.DelayNext(KafkaRequest.Produce, TimeSpan.FromMinutes(5), times: 10);
                _end.SetResult();
                await _failed.Task.WaitAsync(EmbeddedInventory.Patience);
                break;

            case During.Rebalance:
                // Of each partition one event is held, which ends with the beginning of a drain, and one is in a handler, which does not.
                await EmbeddedInventory.ProduceAsync(_kafka, "held:0:0", "held:0:1", "a:1:0", "a:1:1");
                await service.WaitUntilAsync(state => service.Control.Status.HeldEvents.Count == 2 && state.Assignments.Sum(static assignment => assignment.Running) == 4);
                other = await StartAsync(during);
                using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10)))
                {
                    while (service.Control.Status.HeldEvents.Count == 2) await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
                }

                break;

            default:
                await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
                await _running.Task.WaitAsync(EmbeddedInventory.Patience);
                break;
        }

        var spent = Stopwatch.StartNew();
        await (ofHost ? service.Host.StopAsync(CancellationToken.None) : service.Control.StopAsync(CancellationToken.None)).WaitAsync(EmbeddedInventory.Patience);
        var took = spent.Elapsed;

        TestContext.Current.TestOutputHelper?.WriteLine($"{during}, {(ofHost ? "host" : "consumer")}: {took.TotalSeconds:F1} s");
        Assert.InRange(took, TimeSpan.Zero, (ofHost ? s_shutdown : s_consumer) + s_margin);
        _end.TrySetResult();
        if (during is During.BrokerGone) _kafka.Faults.StartBrokers();
        if (other is not null) await other.DisposeAsync();

        // What was not handled, and is not parked, is left to the next owner.
        long? expected = during is During.Idle or During.BrokerGone or During.Parked ? 1 : during is During.Rebalance ? null : 0;
        if (expected is not null) Assert.Equal(expected, await EmbeddedInventory.CommittedAsync(_kafka));
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private Task<EmbeddedInventory> StartAsync(During during) => EmbeddedInventory.StartAsync(
        _kafka,
        c => c
            .InKeyOrder(8)
            .Configure(static options => options.DrainTimeout = s_drain)
            .OnFailure(f =>
            {
                if (during is During.BackOff) f.Retry(1, TimeSpan.FromHours(1));
                if (during is During.Parked) f.ThenRetryTopics("1h").KeepKeyOrder();
                f.ThenDeadLetter().TreatAsOutage<TimeoutException>();
            })
            .Handle((Order _, EventContext context, CancellationToken token) => new ValueTask(HandleAsync(during, context, token))),
        static services => services.Configure<HostOptions>(static options => options.ShutdownTimeout = s_shutdown));

    private async Task HandleAsync(During during, EventContext context, CancellationToken token)
    {
        _running.TrySetResult();
        switch (during)
        {
            case During.Busy:
                await Task.Delay(Timeout.Infinite, token);
                break;

            case During.Rebalance when context.GetKey<string>() == "held":
                throw new TimeoutException();

            case During.Rebalance or During.HandlerIgnoresCancellation:
                await _end.Task;
                break;

            case During.DeadLetterWrite:
                await _end.Task;
                _failed.TrySetResult();
                throw new InvalidOperationException("poison");

            case During.BackOff or During.Parked:
                throw new InvalidOperationException("poison");
        }
    }

    internal sealed record Order(int Number);
}
