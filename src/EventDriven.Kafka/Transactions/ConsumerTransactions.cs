using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Transactions;

/// <summary>
/// The transactions of one consumer's client: a thread of its own takes what is finished from the assignments, gives its output to the transactional client, and commits both with the
/// positions, one transaction after the other.
/// </summary>
/// <remarks>
/// A transaction holds exactly what lies between two positions of each partition, because positions and outputs are taken from an assignment in one step, and the output of an event
/// above a gap is not taken before the gap has closed. So nothing has to stand still for a commit: handlers go on, and what they finish meanwhile is the next transaction's.
/// The calls that end a transaction block, for as long as brokers need: they are made here, never on the poll thread.
/// </remarks>
internal sealed partial class ConsumerTransactions
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>How soon what is finished is given to the client at the latest, so that not all of it is sent at the commit.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How many times as many events as make it commit a transaction takes at most. Where handlers are faster than brokers what is finished meanwhile would make each transaction larger than
    /// the one before; where no more than that were taken, each round trip would be for few.
    /// </summary>
    private const int LargestPart = 10;

    /// <summary>So many finished events are worth waking the thread for.</summary>
    private const int Burst = 64;

    private readonly string _consumer;
    private readonly ConsumerOutputs _outputs;
    private readonly int _commitAfter;
    private readonly Func<ITransactionalClient> _create;
    private readonly ITransactionThread _thread;
    private readonly ITransactionalGroup _group;
    private readonly ITransactionOwner _owner;
    private readonly TransactionTelemetry? _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Flush> _flushes = [];
    private int _finished;
    private volatile bool _isAwaited;
    private volatile bool _isLeaving;
    private volatile bool _stopping;

    // All of this belongs to the thread.
    private readonly Dictionary<PartitionAssignment, Position> _positions = [];
    private readonly List<EventOutput> _taken = [];
    private readonly List<ParkedOutput> _takenParked = [];
    private readonly List<ParkedOutput> _sentParked = [];
    private readonly List<EventOutput> _sentRetries = [];
    private readonly Dictionary<ProduceTarget, FlushEpoch> _epochs = [];
    private ITransactionalClient? _client;
    private volatile ITransactionalClient? _opening;
    private bool _isOpen;
    private bool _isMoreLeft;
    private int _first;
    private long _openedAt;
    private long _events;
    private TimeSpan _pause = FirstPause;

    public ConsumerTransactions(
        string consumer,
        ConsumerOutputs outputs,
        int commitAfter,
        Func<ITransactionalClient> create,
        ITransactionalGroup group,
        ITransactionOwner owner,
        TransactionTelemetry? telemetry,
        TimeProvider time,
        ILogger logger,
        ITransactionThread? thread = null)
    {
        _thread = thread ?? new TransactionThread($"EventDriven {consumer} transactions", time);
        _consumer = consumer;
        _outputs = outputs;
        _commitAfter = commitAfter;
        _create = create;
        _group = group;
        _owner = owner;
        _telemetry = telemetry;
        _time = time;
        _logger = logger;
    }

    /// <summary>Completes when the thread has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether half of the transaction's time is over. While the poll thread waits for handlers it asks for no commit, and brokers abort what is open for too long.</summary>
    private bool IsHalfOver => _time.GetElapsedTime(_openedAt) >= _outputs.Settings.Timeout / 2;

    public void Start() => _thread.Start(Run);

    /// <summary>Ends the thread and its client; an open transaction is aborted. Does not wait: <see cref="Ended"/>.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();

        // With no broker in reach it would try until its time is over.
        _opening?.Close();
    }

    private void Run()
    {
        try
        {
            TurnUntilItEnds();
        }
#pragma warning disable CA1031 // Whatever it is: a consumer that goes on and never commits would be worse than one that starts again.
        catch (Exception unforeseen)
#pragma warning restore CA1031
        {
            LogFailed(unforeseen, _consumer);
            _owner.OnTransactionsEnded(unforeseen.GetType().Name, unforeseen.Message);
        }

        List<Flush> left;
        lock (_gate)
        {
            _ended.TrySetResult();
            left = [.. _flushes];
            _flushes.Clear();
        }

        foreach (var flush in left) Settle(flush);
    }

    private void TurnUntilItEnds()
    {
        try
        {
            while (!_stopping)
            {
                try
                {
                    Turn();
                }
                catch (TransactionFaultException fault)
                {
                    if (!Recover(fault)) break;
                }
            }

            if (_isOpen) AbortAtEnd();
        }
        finally
        {
            _client?.Close();
        }
    }

    private void Turn()
    {
        _client ??= Open();
        _thread.Wait(() => _isAwaited || _isMoreLeft, LongestWait);
        _isAwaited = false;
        List<Flush> flushes;
        lock (_gate)
        {
            flushes = [.. _flushes];
            _flushes.Clear();
            _isLeaving = false;
        }

        try
        {
            if (_stopping) return;

            Take(flushes);
            if (_isOpen && (flushes.Count > 0 || _events >= _commitAfter || IsHalfOver)) Commit();

            foreach (var flush in flushes) RunAction(flush);
        }
        finally
        {
            // Whatever has become of it: who waits must not wait for another turn.
            foreach (var flush in flushes) Settle(flush);
        }
    }

    /// <summary>A client that has the consumer's transactional id: whatever was begun with it before has ended when this returns.</summary>
    private ITransactionalClient Open()
    {
        var client = _create();
        _opening = client;
        try
        {
            if (_stopping) throw new TransactionFaultException(TransactionFault.Unreachable, "Stopping", "the consumer stops");

            client.Initialize(_outputs.Settings.Timeout);
            return client;
        }
        catch
        {
            client.Close();
            throw;
        }
        finally
        {
            _opening = null;
        }
    }

    private void Take(List<Flush> flushes)
    {
        Interlocked.Exchange(ref _finished, 0);

        // What was parked goes with the commit: until it, readers of the parked log could not go on behind its markers.
        var parked = flushes.Count > 0 ? _takenParked : null;
        _isMoreLeft = false;
        var current = _owner.Current;
        for (var i = 0; i < current.Count; i++) Take(current[(_first + i) % current.Count], parked, isLast: false);

        // Another is the first that may fill it the next time.
        _first = (_first + 1) % Math.Max(1, current.Count);

        // They may have left the list of those that there are, but not before they were finished with here.
        foreach (var flush in flushes)
        {
            foreach (var assignment in flush.Leaving) Take(assignment, parked, isLast: true);
        }
    }

    private void Take(PartitionAssignment assignment, List<ParkedOutput>? parked, bool isLast)
    {
        _taken.Clear();
        _takenParked.Clear();
        var most = ((long)_commitAfter * LargestPart) - _events;
        if (most <= 0 && !isLast && parked is null)
        {
            _isMoreLeft = true;
            return;
        }

        var taken = assignment.TakeFinished(_taken, parked, Math.Max(1, most), isLast, out var position, out var events);
        if (taken is FinishedTaken.Nothing) return;

        _isMoreLeft |= taken is FinishedTaken.Some;
        _positions[assignment] = position;
        _events += events;
        if (!_isOpen)
        {
            _outputs.BeginRefusals();
            _client!.Begin();
            _isOpen = true;
            _openedAt = _time.GetTimestamp();
        }

        foreach (var output in _taken)
        {
            // It comes from a retry topic.
            if (output.Topic != assignment.Id.Topic)
            {
                output.IsPassed = true;
                _sentRetries.Add(output);
            }

            Send(output);
        }

        foreach (var ended in _takenParked) Send(ended);
    }

    private void Send(EventOutput output)
    {
        foreach (var record in output.Records) Send(record);
    }

    private void Send(in ParkedOutput ended)
    {
        if (ended.Output is { } output)
        {
            output.IsPassed = true;
            Send(output);
        }

        _sentParked.Add(ended);
        var record = _outputs.Rent();
        ended.Log.Write(ended.Marker, record);
        record.Message.Timestamp = new Timestamp(_time.GetUtcNow().ToUnixTimeMilliseconds(), TimestampType.CreateTime);
        var topic = record.Destination!.Topic;
        var marked = _outputs.Open(ended.Partition.Topic, ended.Partition.Partition, ended.Offset);
        Send(new BufferedRecord(marked, record, new ProduceTarget(_consumer, topic, typeof(byte[])), Size: 0));
    }

    private void Send(BufferedRecord buffered)
    {
        if (!_epochs.TryGetValue(buffered.Target, out var epoch))
        {
            _epochs.Add(buffered.Target, epoch = new FlushEpoch(new ProducerFailures(buffered.Target, _logger, _time)));
        }

        epoch.Begin();
        var pending = new OutputRecord(epoch, buffered.Output, buffered.Size);
        try
        {
            // A full queue empties as brokers answer; this thread has nothing else to do.
            _client!.Send(buffered.Record, pending, CancellationToken.None)?.GetAwaiter().GetResult();
        }
        catch (EventProduceException refused)
        {
            buffered.Output.NoteRefused(buffered.Size, refused);
            throw new TransactionFaultException(TransactionFault.Abortable, refused.Reason.ToString(), refused.Message, refused);
        }
    }

    private void Commit()
    {
        // First who we are, then whether we still have what we say: a partition that left in between was fenced before the group could have made us another member.
        var group = _group.GetGroupMetadata();
        if (group is null || _positions.Keys.Any(static assignment => assignment.IsFenced))
        {
            throw new TransactionFaultException(TransactionFault.Abortable, "PartitionsLost", "partitions whose events it has finished have left this consumer");
        }

        // What is known now of a parked log was known before its positions are committed.
        foreach (var (assignment, position) in _positions) assignment.Parking?.OnStored(position.Offset);

        _client!.SendOffsets(
            [.. _positions.Select(static one => new TopicPartitionOffset(
                one.Key.Id.Topic, one.Key.Id.Partition, one.Value.Offset, one.Value.LeaderEpoch < 0 ? null : one.Value.LeaderEpoch))],
            group);
        _client.Commit();
        _telemetry?.Committed(_openedAt, _events);
        _owner.OnCommitted([.. _positions]);
        foreach (var (assignment, position) in _positions)
        {
            _outputs.Forget(assignment.Id.Topic, assignment.Id.Partition, position.Offset);
            assignment.Parking?.OnTransactionCommitted();
            assignment.Parking?.OnCommitted(position.Offset);
        }

        foreach (var retry in _sentRetries) _outputs.ForgetPassed(retry.Topic, retry.Partition, retry.Offset);
        foreach (var parked in _sentParked) _outputs.ForgetPassed(parked.Partition.Topic, parked.Partition.Partition, parked.Offset);

        _pause = FirstPause;
        Clear();
    }

    private void Clear()
    {
        _isOpen = false;
        _events = 0;
        _positions.Clear();
        _sentParked.Clear();
        _sentRetries.Clear();
    }
}
