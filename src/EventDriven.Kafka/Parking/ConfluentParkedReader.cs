using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// One client with one thread that reads any number of parked logs, each where somebody asks. What it has prefetched is bounded: by the client's own limit, and for
/// each log by a share of as much again; a log whose share is full holds up no other. All members may be called from any thread and none blocks, but for disposal.
/// </summary>
internal sealed partial class ConfluentParkedReader
{
    /// <summary>How long the client waits for records before the thread looks for new orders.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    /// <summary>How often the client is served where nobody reads: tokens are renewed there.</summary>
    private static readonly TimeSpan IdleSlice = TimeSpan.FromMilliseconds(250);

    /// <summary>How many records are taken before those who wait are answered.</summary>
    private const int Burst = 1_000;

    private const long LeastShare = 64 * 1024;

    private readonly IConsumer<byte[]?, byte[]?> _client;
    private readonly ParkedLogErrors _errors;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClientTokens? _tokens;
    private readonly string _consumer;
    private readonly long _prefetch;
    private readonly object _gate = new();
    private readonly List<ConfluentParkedPosition> _positions = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConfluentParkedPosition? _current;
    private volatile Error? _lastError;
    private Exception? _failure;
    private bool _ordered;
    private bool _ending;

    public ConfluentParkedReader(ConsumerSettings consumer, ParkedLogCursor cursor, ParkedLogErrors errors, TokenSources? tokens, TimeProvider time, ILogger logger)
    {
        _errors = errors;
        _time = time;
        _logger = logger;
        _consumer = consumer.Name;
        _prefetch = ConfluentParkedClient.PrefetchOf(consumer.Options);
        var config = ConfluentParkedClient.CreateConfig(consumer);
        _tokens = tokens?.For(consumer.Cluster, config) is { } source ? new ClientTokens(source) : null;
        _client = ConfluentParkedClient.Create(config, _tokens, OnError, line => LogClient(line.Facility, line.Message));
        new Thread(Run) { IsBackground = true, Name = $"EventDriven {consumer.Name} parked {(cursor == ParkedLogCursor.Tail ? "tail" : "payloads")}" }.Start();
    }

    /// <summary>How long a broker may take for its first answer about a position.</summary>
    public static TimeSpan AnswerTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The client, for requests beside the reading; it lives until <see cref="Ended"/>.</summary>
    public Handle Handle => _client.Handle;

    /// <summary>Asks a broker where a log begins and ends. Blocks, no longer than the time given.</summary>
    /// <exception cref="KafkaException">No broker has answered, or none with bounds.</exception>
    public WatermarkOffsets QueryBounds(TopicPartition partition, TimeSpan timeout) => _client.QueryWatermarkOffsets(partition, timeout);

    /// <summary>Completes when the client is gone.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether it reads no more, for a reason nobody foresaw; its client still lives until <see cref="End"/>.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_gate) return _failure is not null;
        }
    }

    /// <summary>Adds a log; it is read from the first read on.</summary>
    public ConfluentParkedPosition Add(TopicPartition partition, ParkedEntryCodec codec)
    {
        var position = new ConfluentParkedPosition(partition, codec);
        lock (_gate)
        {
            _positions.Add(position);
        }

        return position;
    }

    /// <summary>Removes a log; its read is cancelled.</summary>
    public void Remove(ConfluentParkedPosition position)
    {
        lock (_gate)
        {
            position.Close();
            position.Read?.TrySetCanceled();
            position.Read = null;
            Order();
        }
    }

    public Task<ParkedLogRead> ReadAsync(ConfluentParkedPosition position, long from, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        ConfluentParkedRead read;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Task.FromException<ParkedLogRead>(Failed(position));
            }

            if (position.IsClosed || _ending)
            {
                return Task.FromCanceled<ParkedLogRead>(new CancellationToken(canceled: true));
            }

            if (position.Read is { Task.IsCompleted: false })
            {
                throw new InvalidOperationException($"There is a read of {position.Id} already.");
            }

            position.GoTo(from);
            if (position.HasAnswer)
            {
                // There may be room again.
                Order();
                return Task.FromResult(position.Take(maxBytes, BoundsOf(position)));
            }

            read = new ConfluentParkedRead(from, maxBytes, wait, _time.GetTimestamp());
            position.Read = read;
            Order();
        }

        return cancellationToken.CanBeCanceled ? WaitAsync(read, cancellationToken) : read.Task;
    }

    /// <summary>Ends the thread, which disposes of the client: with a frozen broker that takes its time.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ending = true;
            EndReads();
            Order();
        }
    }

    private static async Task<ParkedLogRead> WaitAsync(ConfluentParkedRead read, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static (waiting, token) => ((ConfluentParkedRead)waiting!).TrySetCanceled(token), read);
        return await read.Task.ConfigureAwait(false);
    }

    /// <summary>Wakes the thread. To be called under the lock.</summary>
    private void Order()
    {
        _ordered = true;
        Monitor.Pulse(_gate);
    }

    /// <summary>Ends every read that waits. To be called under the lock.</summary>
    private void EndReads()
    {
        foreach (var position in _positions)
        {
            if (_failure is not null)
            {
                position.Read?.TrySetException(Failed(position));
            }

            position.Read?.TrySetCanceled();
            position.Read = null;
        }
    }

    private ParkedLogException Failed(ConfluentParkedPosition position) =>
        new($"The client that reads the parked log {position.Id} has failed: {_failure!.Message}", isRefused: false, _failure);

    /// <summary>How much of one log may be ready. To be called under the lock.</summary>
    private long Share => Math.Max(LeastShare, _prefetch / Math.Max(1, _positions.Count));

    private WatermarkOffsets? BoundsOf(ConfluentParkedPosition position)
    {
        try
        {
            return _client.GetWatermarkOffsets(position.Partition);
        }
        catch (KafkaException)
        {
            // Not fetched yet: nothing is known.
            return null;
        }
    }

    [LoggerMessage(2060, LogLevel.Debug, "Kafka client of a parked log: {Facility} {Message}")]
    private partial void LogClient(string facility, string message);

    [LoggerMessage(2061, LogLevel.Error, "Consumer {Consumer}: the client that reads its parked logs has failed in a way nobody foresaw; another one takes its place")]
    private partial void LogFailed(Exception exception, string consumer);
}
