using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Tests.Consuming;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Transactions;

/// <summary>The transactions of a consumer with one partition, over fakes of the client; the test finishes events, and asks for commits.</summary>
internal sealed class ConsumerTransactionBench : ITransactionOwner, ITransactionalGroup, IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeProducer> _made = new();
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly EventConsumerOptions _options;
    private readonly ConsumerTransactions _transactions;

    /// <param name="onTransaction">What a call about transactions throws, by the number of the client, from 1, and the name of the call.</param>
    /// <param name="telemetry">Where its transactions are measured.</param>
    /// <param name="time">The clock of the thread and of what it measures. On one that stands, only what is asked of it wakes the thread.</param>
    /// <param name="timeout">How long a transaction may take; 20 seconds unless given.</param>
    /// <param name="commitAfter">How many finished events make it commit.</param>
    /// <param name="pausesEnd">Whether the pauses of the thread, but for the first, end by themselves.</param>
    public ConsumerTransactionBench(
        Func<int, string, Exception?>? onTransaction = null, TransactionTelemetry? telemetry = null, TimeProvider? time = null, TimeSpan? timeout = null, bool pausesEnd = true, int commitAfter = 1_000)
    {
        Outputs = new ConsumerOutputs(TransactionBench.Settings with { Timeout = timeout ?? TransactionBench.Settings.Timeout }, Time);
        _options = new EventConsumerOptions { Ordering = OrderingMode.None, CommitAfterEvents = commitAfter };
        Begin();
        _transactions = new ConsumerTransactions(
            "enrich",
            Outputs,
            commitAfter,
            () => new TransactionalClient(
                Outputs.Settings,
                (onError, _, _) =>
                {
                    int number = _made.Count + 1;
                    var made = new FakeProducer(1_000) { RaiseError = onError, OnTransaction = call => onTransaction?.Invoke(number, call) };
                    _made.Enqueue(made);
                    return made;
                },
                new LogLines(),
                TimeProvider.System,
                release: Outputs.Return),
            this,
            this,
            telemetry,
            time ?? TimeProvider.System,
            new LogLines(),
            pausesEnd ? null : new PatientThread());
        _transactions.Start();
    }

    /// <summary>The clock by which refusals last.</summary>
    public FakeTimeProvider Time { get; } = new();

    public ConsumerOutputs Outputs { get; }

    public AssignmentBench Partition { get; private set; }

    public IReadOnlyList<PartitionAssignment> Current { get; set; }

    public bool IsMember { get; set; } = true;

    public IReadOnlyList<FakeProducer> Made => [.. _made];

    public ConsumerTransactions Transactions => _transactions;

    /// <summary>Begins the partition, or begins it again.</summary>
    [MemberNotNull(nameof(Partition), nameof(Current))]
    public void Begin()
    {
        Partition = new AssignmentBench(_options, () => _transactions!.NoteFinished());
        Current = [Partition.Assignment];
    }

    /// <summary>Finishes an event with an output; where it was read first is another topic if the partition is one of a retry topic.</summary>
    public void Finish(long offset, string? output = null, (string Topic, long Offset)? of = null) =>
        Partition.Finish(offset, ProcessingResult.Handled() with { Output = output is null ? null : OutputOf(of?.Offset ?? offset, output, of?.Topic ?? "orders") });

    public EventOutput OutputOf(long offset, string text, string topic = "orders")
    {
        var output = Outputs.Open(topic, 0, offset);
        var record = Outputs.Rent();
        record.Destination = new TopicPartition("totals", 0);
        record.Message.Value = Encoding.UTF8.GetBytes(text);
        record.Message.Headers = [];
        output.Add(record, new ProduceTarget("totals", "totals", typeof(string)));
        return output;
    }

    /// <summary>The next thing that the owner is told.</summary>
    public Task<string> NextAsync() => _told.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    public IConsumerGroupMetadata? GetGroupMetadata() => IsMember ? new Metadata() : null;

    void ITransactionOwner.OnCommitted(IReadOnlyList<KeyValuePair<PartitionAssignment, Position>> positions) =>
        _told.Writer.TryWrite($"committed {string.Join(' ', positions.Select(static one => one.Value.Offset))}");

    void ITransactionOwner.OnAborted(IReadOnlyList<PartitionAssignment> assignments, string code, string reason) =>
        _told.Writer.TryWrite($"aborted {assignments.Count} {code}");

    void ITransactionOwner.OnTransactionTrouble(string code, string reason)
    {
    }

    void ITransactionOwner.OnTransactionsEnded(string code, string reason) => _told.Writer.TryWrite($"ended {code}");

    public async ValueTask DisposeAsync()
    {
        _transactions.Stop();
        await _transactions.Ended.InTime();
    }

    private sealed class Metadata : IConsumerGroupMetadata;

    /// <summary>Its pauses, but for the first, last for as long as nothing ends them.</summary>
    private sealed class PatientThread : ITransactionThread
    {
        private readonly TransactionThread _thread = new("transactions", TimeProvider.System);

        public void Start(Action run) => _thread.Start(run);

        public bool Wait(Func<bool> condition, TimeSpan timeout) => _thread.Wait(condition, timeout > TimeSpan.FromMilliseconds(100) && timeout < Patience.Limit ? TimeSpan.FromDays(1) : timeout);

        public void Wake() => _thread.Wake();
    }
}
