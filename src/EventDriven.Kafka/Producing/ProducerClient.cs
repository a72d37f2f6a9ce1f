using Confluent.Kafka;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Producing;

/// <summary>
/// The client that all producers with the same cluster and settings share: one <see cref="ProducerConnection"/> at a time, made at the first event and replaced
/// after a fatal error. Thread-safe.
/// </summary>
internal sealed partial class ProducerClient : IRecordSink, IProducerConnectionOwner
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ProducerFactory _factory;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly ClientTroubles _troubles;
    private readonly OutgoingRecordPool _records = new();
    private readonly RoomLine _line;
    private readonly TaskCompletionSource _lineEmpty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // May be taken by who holds the lock of the line, never the other way round.
    private readonly Lock _connecting = new();
    private readonly List<ProducerConnection> _connections = [];
    private ProducerConnection? _connection;
    private Error? _fatal;
    private long _fatalAt;
    private int _fatalsInARow;
    private int _flushing;
    private volatile bool _stopping;
    private volatile bool _stopped;

    public ProducerClient(
        string cluster, ProducerFactory factory, ILogger logger, TimeProvider timeProvider, TokenSource? tokens = null, Instruments? instruments = null)
    {
        Cluster = cluster;
        _factory = factory;
        _logger = logger;
        _timeProvider = timeProvider;
        Tokens = tokens;
        _troubles = new ClientTroubles(cluster, logger, timeProvider, instruments);
        _line = new RoomLine(TryProduce, _records.Return);
    }

    public string Cluster { get; }

    /// <summary>Where the client's tokens come from; null where it uses none.</summary>
    public TokenSource? Tokens { get; }

    /// <summary>What keeps events from being delivered at this moment; null where nothing is known to. Thread-safe.</summary>
    public string? Trouble => _troubles.Current?.Text;

    /// <summary>How it is at this moment.</summary>
    public ProducerClientReading Read() => _line.Read(waiting =>
    {
        lock (_connecting) return new ProducerClientReading(Cluster, _connections.Sum(static connection => connection.InFlight), waiting);
    });

    /// <summary>Whether somebody waits until everything is sent.</summary>
    public bool IsFlushing => Volatile.Read(ref _flushing) != 0;

    public OutgoingRecord Rent() => _records.Rent();

    public void Return(OutgoingRecord record) => _records.Return(record);

    /// <summary>Makes everything be sent without lingering, until <see cref="EndFlush"/>.</summary>
    public void BeginFlush() => Interlocked.Increment(ref _flushing);

    public void EndFlush() => Interlocked.Decrement(ref _flushing);

    /// <summary>Gives a record to the client, or puts it in line where there is no room.</summary>
    /// <param name="record">The record; no longer the caller's once this returns.</param>
    /// <param name="pending">Gets the report.</param>
    /// <param name="cancellationToken">Takes the record out of the line again.</param>
    /// <returns>Null where the client has it; else a task that completes when it has, or faults when it will not take it.</returns>
    /// <exception cref="EventProduceException">The client will not take it; record and pending are still the caller's.</exception>
    public Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken)
    {
        if (_stopping) throw ProduceErrors.Stopping(pending.Target);
        if (!_line.IsEmpty || !TryProduce(record, pending)) return _line.Join(record, pending, cancellationToken);

        Return(record);
        return null;
    }

    /// <summary>Called by a connection's thread each time it comes out of the client: there may be room now.</summary>
    public void OnServed(ProducerConnection connection)
    {
        _line.Advance(connection.IsEmptyCurrent);
        NoticeEmptyLine();
    }

    public bool IsCurrent(ProducerConnection connection) => ReferenceEquals(Volatile.Read(ref _connection), connection);

    public void OnEnded(ProducerConnection connection)
    {
        lock (_connecting) _connections.Remove(connection);
    }

    /// <summary>A fatal error: later events go to a new connection. What this one still holds ends with it.</summary>
    public void Replace(ProducerConnection connection, Error error)
    {
        TimeSpan pause;
        lock (_connecting)
        {
            if (!ReferenceEquals(_connection, connection)) return;

            Volatile.Write(ref _connection, null);
            _fatal = error;
            _fatalAt = _timeProvider.GetTimestamp();
            _fatalsInARow = connection.HasDelivered ? 1 : _fatalsInARow + 1;
            pause = Pause;
        }

        connection.Close(error);
        Log.Replaced(_logger, Cluster, error.Code, error.Reason, pause);
    }

    /// <summary>Takes no more events, and waits until everything under way has ended or the token fires; then gives up what is left.</summary>
    /// <returns>How many events of each producer were not delivered for it, or may not have been.</returns>
    public async Task<IReadOnlyDictionary<ProduceTarget, long>> StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        _line.Close();
        BeginFlush();
        NoticeEmptyLine();
        await UntilCancelled(_lineEmpty.Task, cancellationToken).ConfigureAwait(false);

        var left = _line.RefuseAll();
        ProducerConnection[] connections;
        lock (_connecting)
        {
            // No connection is made from here on, and none takes a record once it is closed.
            _stopped = true;
            connections = [.. _connections];
        }

        foreach (var connection in connections) connection.Close();
        await UntilCancelled(Task.WhenAll(connections.Select(static connection => connection.Drained)), cancellationToken).ConfigureAwait(false);

        foreach (var connection in connections)
        {
            foreach (var pending in connection.GiveUp())
            {
                left.Add(pending);
                pending.Fail(ProduceErrors.GivenUp(pending.Target));
            }
        }

        return left.CountBy(static pending => pending.Target).ToDictionary(static count => count.Key, static count => (long)count.Value);
    }

    private static async Task UntilCancelled(Task task, CancellationToken cancellationToken)
    {
        await task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private TimeSpan Pause => _fatalsInARow <= 1
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(_fatalsInARow, 10) - 2)));

    private void NoticeEmptyLine()
    {
        if (_stopping && _line.IsEmpty) _lineEmpty.TrySetResult();
    }

    /// <summary>Gives a record to the current connection; false where it has no room.</summary>
    private bool TryProduce(OutgoingRecord record, PendingRecord pending)
    {
        while (true)
        {
            var connection = Volatile.Read(ref _connection) ?? Connect(pending.Target);
            if (pending.ReasonAgainst(connection) is { } reason) throw reason;

            switch (connection.Produce(record, pending, out var thrown))
            {
                case ProduceResult.Sent:
                    return true;
                case ProduceResult.Full:
                    return false;
                case ProduceResult.Refused:
                    throw ProduceErrors.NotProduced(pending.Target, ErrorOf(thrown!), mayHaveBeenDelivered: false, thrown);
                case ProduceResult.Fatal:
                    Replace(connection, ErrorOf(thrown!));
                    break;
                case ProduceResult.Closed when _stopped:
                    throw ProduceErrors.Stopping(pending.Target);
            }
        }
    }

    private static Error ErrorOf(Exception thrown) => (thrown as KafkaException)?.Error ?? new Error(ErrorCode.Local_Fail, thrown.Message);

    private ProducerConnection Connect(ProduceTarget target)
    {
        lock (_connecting)
        {
            if (_stopped) throw ProduceErrors.Stopping(target);
            if (_connection is { } current) return current;
            // A client that fails again before it has delivered anything will fail the next time too.
            if (_fatal is not null && _timeProvider.GetElapsedTime(_fatalAt) < Pause)
            {
                throw ProduceErrors.NotProduced(target, _fatal, mayHaveBeenDelivered: false);
            }

            ProducerConnection connection;
            try
            {
                connection = new ProducerConnection(this, _factory, _troubles);
            }
#pragma warning disable CA1031 // The client throws half a dozen types for settings that it refuses.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                throw ProduceErrors.NoClient(target, thrown);
            }

            _connections.Add(connection);
            connection.Start();
            Volatile.Write(ref _connection, connection);
            return connection;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Error,
            "Cluster '{Cluster}': a producer's client ended with a fatal error, {Code}: {Reason}. Events under way in it fail; later ones go to a new client, after {Pause}.")]
        public static partial void Replaced(ILogger logger, string cluster, ErrorCode code, string reason, TimeSpan pause);
    }
}
