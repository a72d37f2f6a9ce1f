using System.Buffers.Binary;
using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Transactions;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Judging;
using Microsoft.Extensions.Logging;

namespace EventDriven.Simulation.Members;

/// <summary>The transactions of one client of a process: the engine's own code, between the engine's loop and a simulated broker.</summary>
internal sealed class MemberTransactions : ITransactionOwner, ILogger
{
    private readonly World _world;
    private readonly SimulatedMember _member;
    private readonly ConsumerOutputs _outputs;

    public MemberTransactions(World world, SimulatedMember member, ConsumerOutputs outputs, TimeProvider clock)
    {
        _world = world;
        _member = member;
        _outputs = outputs;
        Source = member.Source;
        Thread = new SimulatedTransactionThread(world, member);
        Engine = new ConsumerTransactions(
            member.Name,
            outputs,
            world.Schedule.Transactions!.CommitAfter,
            () => new SimulatedTransactionalClient(world, this, Thread, outputs.Settings.TransactionalId, outputs.Return),
            Source,
            this,
            telemetry: null,
            clock,
            this,
            Thread);
    }

    public SimulatedSource Source { get; }

    /// <summary>The process.</summary>
    public SimulatedMember Member => _member;

    public SimulatedTransactionThread Thread { get; }

    public ConsumerTransactions Engine { get; }

    /// <summary>Whether a call of the client has failed: what was finished may be handled again.</summary>
    public bool HasFailed { get; set; }

    IReadOnlyList<PartitionAssignment> ITransactionOwner.Current => ((ITransactionOwner)_member.Loop).Current;

    public static ConsumerOutputs OutputsOf(World world, string process, TimeProvider clock) => new(
        new TransactionalClientSettings
        {
            Subject = process,
            Cluster = "Kafka",
            Client = new ProducerConfig { TransactionalId = process },
            Timeout = TimeSpan.FromMilliseconds(world.Schedule.Transactions!.Timeout),
        },
        clock);

    /// <summary>Writes dead letters into transactions; null where there are none.</summary>
    public static TransactionalHandOver? HandOverOf(World world, ConsumerOutputs? outputs, string process, TimeProvider clock)
    {
        if (outputs is null)
        {
            return null;
        }

        var partitions = new TopicPartitions(null!, clock);
        partitions.Note("Kafka", "group--orders--dlq", world.Schedule.Partitions);
        return new TransactionalHandOver(outputs, partitions, process, clock);
    }

    /// <summary>What an attempt has produced: one record, or some.</summary>
    public EventOutput OutputOf(Delivery delivery)
    {
        var log = delivery.Epoch.Log;
        var output = _outputs.Open(log.Id.Topic, log.Id.Partition, delivery.Entry.Offset);
        var attempt = new OutputAttempt(log, delivery.Entry, _world.Schedule.Transactions!.Random.Pick([1, 1, 1, 3]), delivery.IsFromParkedLog);
        _world.Attempts.Add(attempt);
        for (var number = 0; number < attempt.Count; number++)
        {
            var value = new byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(value, _world.Attempts.Count - 1);
            BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), number);
            var record = _outputs.Rent();
            record.Message.Value = value;
            output.Add(record, Target);
        }

        return output;
    }

    /// <summary>The output of an attempt, in front of which may be that of another.</summary>
    public static EventOutput Join(EventOutput? kept, EventOutput output)
    {
        if (kept is null)
        {
            return output;
        }

        foreach (var buffered in output.Records)
        {
            kept.Add(buffered.Record, buffered.Target);
        }

        return kept;
    }

    void ITransactionOwner.OnCommitted(IReadOnlyList<KeyValuePair<PartitionAssignment, Position>> positions) => ((ITransactionOwner)_member.Loop).OnCommitted(positions);

    void ITransactionOwner.OnAborted(IReadOnlyList<PartitionAssignment> assignments, string code, string reason)
    {
        if (_world.Mutation == Mutation.AbortIsNotTold)
        {
            return;
        }

        var loop = _member.Loop;
        loop.Post(_ =>
        {
            foreach (var assignment in assignments)
            {
                if (((ITransactionOwner)loop).Current.Contains(assignment))
                {
                    Source.OnReplay(assignment.Id);
                }
            }
        });
        ((ITransactionOwner)loop).OnAborted(assignments, code, reason);
    }

    void ITransactionOwner.OnTransactionTrouble(string code, string reason) => ((ITransactionOwner)_member.Loop).OnTransactionTrouble(code, reason);

    void ITransactionOwner.OnTransactionsEnded(string code, string reason) => ((ITransactionOwner)_member.Loop).OnTransactionsEnded(code, reason);

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Critical;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    /// <summary>What nobody foresaw the engine survives, and a schedule does not.</summary>
    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Critical && exception is not ProcessIsGoneException)
        {
            _world.Note(exception!);
        }
    }

    private static readonly ProduceTarget Target = new("output", "output", typeof(byte[]));
}
