using System.Buffers.Binary;
using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Transactions;
using EventDriven.Simulation.Broker;

namespace EventDriven.Simulation.Members;

/// <summary>
/// A client with a transactional id: its calls take their time, on the thread that makes them, and may fail. As with a real one, nobody knows of a commit or an abort that was not answered
/// whether it is carried out: at once, later, or never.
/// </summary>
internal sealed class SimulatedTransactionalClient(World world, MemberTransactions owner, SimulatedTransactionThread thread, string id, Action<OutgoingRecord> release) : ITransactionalClient
{
    private readonly List<(OutputAttempt Attempt, int Number)> _leftOver = [];
    private readonly List<int> _unsent = [];
    private int _epoch;
    private bool _isClosed;

    private TransactionCoordinator Coordinator => world.Broker.Transactions;

    private TransactionSchedule Schedule => world.Schedule.Transactions!;

    private SimulationRandom Random => Schedule.Random;

    public void Initialize(TimeSpan limit)
    {
        Travel();
        if (Fails(out var isFatal))
        {
            throw Fault(isFatal ? TransactionFault.Fatal : TransactionFault.Unreachable);
        }

        _epoch = Coordinator.Fence(id);
        while (Coordinator.IsEnding(id))
        {
            thread.Block(() => _isClosed || !Coordinator.IsEnding(id), (long)limit.TotalMilliseconds);
            if (_isClosed)
            {
                throw Fault(TransactionFault.Unreachable);
            }
        }

        Travel();
        CheckPlace();
    }

    public void Begin()
    {
        while (Coordinator.IsEnding(id))
        {
            thread.Block(() => !Coordinator.IsEnding(id), Schedule.Timeout);
        }

        CheckPlace();
    }

    public Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken)
    {
        var (attempt, number) = ((OutputAttempt?)null, 0);
        switch (record.Destination?.Topic)
        {
            case ParkedLogClient.MarkerTopic:
                _unsent.Add(BinaryPrimitives.ReadInt32LittleEndian(record.Message.Value));
                break;

            case { } topic:
                attempt = DeadLetter(topic, record);
                break;

            default:
                attempt = world.Attempts[BinaryPrimitives.ReadInt32LittleEndian(record.Message.Value)];
                number = BinaryPrimitives.ReadInt32LittleEndian(record.Message.Value.AsSpan(4));
                break;
        }

        release(record);
        pending.Complete(new EventReceipt { Topic = "output", Partition = 0, Offset = 0, Timestamp = world.Time.Origin });
        CheckPlace();
        var transaction = Coordinator.Enlist(id, _epoch);
        transaction.Records.AddRange(_leftOver);
        _leftOver.Clear();
        if (attempt is not null)
        {
            transaction.Records.Add((attempt, number));
        }

        return null;
    }

    public void SendOffsets(IReadOnlyCollection<TopicPartitionOffset> positions, IConsumerGroupMetadata group)
    {
        var member = (SimulatedGroupMetadata)group;
        Travel();
        CheckPlace();
        if (Random.Chance(50))
        {
            LandMarkers();
        }

        var isLost = Fails(out var isFatal);
        var isTaken = true;
        List<(int, Position)> sent = [.. positions.Select(position => (world.Broker.LogOf(new(position.Topic, position.Partition.Value)).Index, PositionOf(position)))];
        if (!isLost || Random.Chance(30))
        {
            isTaken = Coordinator.Send(Coordinator.Enlist(id, _epoch), member.Source, member.Generation, sent);
        }
        else if (Random.Chance(80))
        {
            // They are on their way, and arrive in whatever transaction is open then.
            var epoch = _epoch;
            world.Later(null, Random.Pick([5, 30, 100, 300, 1_000]), () => Coordinator.SendLate(id, epoch, member.Source, member.Generation, sent));
        }

        Travel();
        CheckPlace();
        if (isLost || !isTaken)
        {
            throw Fault(isFatal ? TransactionFault.Fatal : isLost && world.Mutation != Mutation.LatePositionsAreForgotten ? TransactionFault.Indefinite : TransactionFault.Abortable);
        }
    }

    public void Commit() => End(isCommitted: true);

    public void Abort()
    {
        if (world.Mutation == Mutation.AbortedOutputIsSentAgain)
        {
            _leftOver.AddRange(Coordinator.Enlist(id, _epoch).Records);
        }

        End(isCommitted: false);
    }

    public void Close() => _isClosed = true;

    /// <summary>Records are on their way for a while, and have landed when their transaction is committed.</summary>
    private void LandMarkers()
    {
        foreach (var index in _unsent)
        {
            var (log, entry, writer) = world.Markers[index];
            if (world.Mutation == Mutation.MarkersAreInNoTransaction)
            {
                log.Append(entry, writer);
                continue;
            }

            var markers = Coordinator.Enlist(id, _epoch).Markers;
            if (!markers.TryGetValue(log, out var records))
            {
                markers.Add(log, records = []);
            }

            records.Add(log.Append(entry, writer, isInTransaction: true));
        }

        _unsent.Clear();
    }

    private OutputAttempt DeadLetter(string topic, OutgoingRecord record)
    {
        var message = record.Message;
        var letter = world.Oracle.OnHandOver(owner.Member, topic, record.Destination!.Partition.Value, message.Key, message.Value, message.Headers);
        return new OutputAttempt(world.Broker.Logs[letter.Partition], letter.Event, 1, letter.Event.IsParked);
    }

    private void End(bool isCommitted)
    {
        Travel();
        CheckPlace();
        if (isCommitted || Random.Chance(50))
        {
            LandMarkers();
        }

        _unsent.Clear();
        if (!Fails(out var isFatal))
        {
            Coordinator.TryEnd(id, _epoch, isCommitted);
            Travel();
            return;
        }

        if (isCommitted && !isFatal && Random.Chance(30))
        {
            throw Fault(TransactionFault.Abortable);
        }

        if (Random.Chance(60))
        {
            // The request is on its way, and arrives whatever becomes of who has sent it.
            world.Later(null, Random.Pick([0, 0, 5, 100, 1_000]), () => Coordinator.TryEnd(id, _epoch, isCommitted));
        }

        thread.Block(() => _isClosed, Random.Between(0, 100));
        if (world.Mutation == Mutation.UnknownIsTakenForCommitted)
        {
            return;
        }

        throw Fault(isFatal ? TransactionFault.Fatal : TransactionFault.Indefinite);
    }

    private Position PositionOf(TopicPartitionOffset position) =>
        new(position.Offset.Value + (world.Mutation == Mutation.OffsetsRunAhead && Random.Chance(10) ? 1 : 0), position.LeaderEpoch ?? -1);

    /// <summary>A request, or an answer, is on its way: mostly nothing else happens meanwhile.</summary>
    private void Travel()
    {
        world.Activity++;
        if (!world.IsQuiet && Random.Chance(Schedule.Slow))
        {
            thread.Block(() => _isClosed, Random.Between(20, 1_500));
        }
        else if (Random.Chance(40))
        {
            thread.Block(() => _isClosed, Random.Between(0, 4));
        }
    }

    private bool Fails(out bool isFatal)
    {
        var fails = !world.IsQuiet && Random.Chance(Schedule.Faults);
        isFatal = fails && Random.Chance(Schedule.Fatal);
        return fails;
    }

    private void CheckPlace()
    {
        if (!Coordinator.IsCurrent(id, _epoch))
        {
            throw Fault(TransactionFault.Fenced);
        }
    }

    private TransactionFaultException Fault(TransactionFault fault)
    {
        world.Trace?.Add($"{owner.Source} has its transaction fail: {fault}");
        owner.HasFailed = true;
        return new TransactionFaultException(fault, fault.ToString(), "the simulation has it so");
    }
}
