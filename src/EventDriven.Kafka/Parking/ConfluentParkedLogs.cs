using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Parking;

/// <summary>The parked logs of one consumer on Confluent.Kafka: one client reads tails, one payloads, each made when it is needed first. Thread-safe.</summary>
/// <param name="consumer">The consumer.</param>
/// <param name="topicOf">The parked topic of a source topic.</param>
/// <param name="appender">Writes entries.</param>
/// <param name="trimmer">Deletes records; null for the client's own request.</param>
/// <param name="tokens">Where tokens come from; null where there are none.</param>
/// <param name="time">For deadlines.</param>
/// <param name="logger">For the clients.</param>
internal sealed partial class ConfluentParkedLogs(
    ConsumerSettings consumer,
    Func<string, string> topicOf,
    ProducerHandOverLog appender,
    IParkedLogTrimmer? trimmer,
    TokenSources? tokens,
    TimeProvider time,
    ILogger logger) : IParkedLogs
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly ParkedLogErrors _errors = new(consumer.CreateClientConfig().BootstrapServers);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly ConfluentParkedReader?[] _readers = new ConfluentParkedReader?[2];
    private readonly List<ConfluentParkedReader> _made = [];
    private readonly HashSet<Task> _asking = [];
    private IAdminClient? _admin;

    /// <summary>Whose client requests go by: it lives until all is closed.</summary>
    private ConfluentParkedReader? _requesting;
    private bool _closed;

    /// <summary>How long disposal waits for clients before it abandons them: with frozen brokers they may take minutes to end.</summary>
    public static TimeSpan LongestClose { get; } = TimeSpan.FromSeconds(5);

    public IParkedLog Open(PartitionId source) => new ConfluentParkedLog(
        this, appender, new ParkedEntryCodec(consumer.Group, source.Topic), new TopicPartition(topicOf(source.Topic), new Partition(source.Partition)));

    /// <summary>The reader of a cursor; null once all is closed.</summary>
    /// <exception cref="ParkedLogException">The client can't be made.</exception>
    public ConfluentParkedReader? ReaderOf(ParkedLogCursor cursor, PartitionId parked)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return null;
            }

            return _readers[(int)cursor] is { HasFailed: false } reader ? reader : CreateReader(cursor, parked);
        }
    }

    public async Task<(long Start, long End)> GetBoundsAsync(PartitionId parked, CancellationToken cancellationToken)
    {
        var partition = new TopicPartition(parked.Topic, new Partition(parked.Partition));
        try
        {
            var bounds = await AskAsync(() => RequestingReader(parked), reader => reader.QueryBounds(partition, RequestTimeout), cancellationToken).ConfigureAwait(false);
            return (bounds.Low.Value, bounds.High.Value);
        }
        catch (KafkaException failed)
        {
            throw _errors.NotRead(parked, failed.Error, failed);
        }
    }

    public async Task TrimAsync(PartitionId parked, long before, CancellationToken cancellationToken)
    {
        if (trimmer is not null)
        {
            trimmer.Trim(parked, before);
            return;
        }

        var partition = new TopicPartition(parked.Topic, new Partition(parked.Partition));
        var options = new DeleteRecordsOptions { RequestTimeout = RequestTimeout, OperationTimeout = RequestTimeout };
        try
        {
            await AskAsync(() => Admin(parked), LearnLeader, cancellationToken).ConfigureAwait(false);
#pragma warning disable RS0030 // The leader is known.
            await RequestAsync(parked, admin => admin.DeleteRecordsAsync([new TopicPartitionOffset(partition, new Offset(before))], options), cancellationToken).ConfigureAwait(false);
#pragma warning restore RS0030
        }
        catch (DeleteRecordsException refused)
        {
            throw _errors.NotTrimmed(parked, refused.Results[0].Error, refused);
        }
        catch (KafkaException failed)
        {
            throw _errors.NotTrimmed(parked, failed.Error, failed);
        }

        bool LearnLeader(IAdminClient admin)
        {
            PartitionLeader.Learn(admin, partition, RequestTimeout);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        IAdminClient? admin;
        ConfluentParkedReader[] readers;
        Task[] asking;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            admin = _admin;
            readers = [.. _made];
            asking = [.. _asking];
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        var ended = Task.Run(async () =>
        {
            // Both live on the handle of a reader's client.
            await Task.WhenAll(asking).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            admin?.Dispose();
            foreach (var reader in readers)
            {
                reader.End();
            }

            await Task.WhenAll(readers.Select(static reader => reader.Ended)).ConfigureAwait(false);
        });
        try
        {
            await ended.WaitAsync(LongestClose, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogCloseAbandoned(consumer.Name, LongestClose);
        }
    }

    private ConfluentParkedReader CreateReader(ParkedLogCursor cursor, PartitionId parked)
    {
        try
        {
            var reader = new ConfluentParkedReader(consumer, cursor, _errors, tokens, time, logger);
            if (_readers[(int)cursor] is { } failed && failed != _requesting)
            {
                failed.End();
                _made.Remove(failed);
            }

            _readers[(int)cursor] = reader;
            _made.Add(reader);
            return reader;
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw ParkedLogErrors.NoClient(parked, refused);
        }
    }

    /// <summary>Asks by a call that blocks, on a thread of its own: with a frozen broker the answer may come much later than anybody waits.</summary>
    private async Task<T> AskAsync<TClient, T>(Func<TClient> client, Func<TClient, T> ask, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        Task<T> asking;
        lock (_gate)
        {
            var asked = client();
            asking = Task.Factory.StartNew(() => ask(asked), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            _asking.Add(asking);
        }

        _ = asking.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                lock (_gate) _asking.Remove(ended);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        return await asking.WaitAsync(ending.Token).ConfigureAwait(false);
    }

    /// <summary>Sends a request; its answer too may come much later than anybody waits.</summary>
    private async Task<T> RequestAsync<T>(PartitionId parked, Func<IAdminClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        Task<T> asking;
        lock (_gate)
        {
            // The client must not go away under the call, which only puts the request on its way.
            asking = ask(Admin(parked));
        }

        _ = asking.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return await asking.WaitAsync(ending.Token).ConfigureAwait(false);
    }

    /// <summary>To be called under the lock.</summary>
    private IAdminClient Admin(PartitionId parked)
    {
        // Asked first, for it says whether all is closed: nothing may be asked of a client that has gone.
        var reader = RequestingReader(parked);
        return _admin ??= new DependentAdminClientBuilder(reader.Handle).Build();
    }

    /// <summary>To be called under the lock.</summary>
    private ConfluentParkedReader RequestingReader(PartitionId parked) =>
        _closed ? throw new OperationCanceledException(_closing.Token) : _requesting ??= _readers[(int)ParkedLogCursor.Tail] ?? CreateReader(ParkedLogCursor.Tail, parked);

    [LoggerMessage(2062, LogLevel.Warning, "Consumer {Consumer}: closing the clients of its parked logs took longer than {Budget} and was abandoned")]
    private partial void LogCloseAbandoned(string consumer, TimeSpan budget);
}
