using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
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
    private IAdminClient? _admin;
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
            return _closed ? null : _readers[(int)cursor] ??= CreateReader(cursor, parked);
        }
    }

    public async Task<(long Start, long End)> GetBoundsAsync(PartitionId parked, CancellationToken cancellationToken)
    {
        var partition = new TopicPartition(parked.Topic, new Partition(parked.Partition));
        try
        {
            var start = ListAsync(OffsetSpec.Earliest());
            var end = ListAsync(OffsetSpec.Latest());
            return (await start.ConfigureAwait(false), await end.ConfigureAwait(false));
        }
        catch (ListOffsetsException refused)
        {
            throw _errors.NotRead(parked, refused.Result.ResultInfos[0].TopicPartitionOffsetError.Error, refused);
        }
        catch (KafkaException failed)
        {
            throw _errors.NotRead(parked, failed.Error, failed);
        }

        async Task<long> ListAsync(OffsetSpec spec)
        {
            var options = new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadUncommitted };
            var found = await RequestAsync(
                parked, admin => admin.ListOffsetsAsync([new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }], options), cancellationToken).ConfigureAwait(false);
            return found.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
        }
    }

    public async Task TrimAsync(PartitionId parked, long before, CancellationToken cancellationToken)
    {
        if (trimmer is not null)
        {
            trimmer.Trim(parked, before);
            return;
        }

        var options = new DeleteRecordsOptions { RequestTimeout = RequestTimeout, OperationTimeout = RequestTimeout };
        try
        {
            await RequestAsync(
                parked,
                admin => admin.DeleteRecordsAsync([new TopicPartitionOffset(parked.Topic, new Partition(parked.Partition), new Offset(before))], options),
                cancellationToken).ConfigureAwait(false);
        }
        catch (DeleteRecordsException refused)
        {
            throw _errors.NotTrimmed(parked, refused.Results[0].Error, refused);
        }
        catch (KafkaException failed)
        {
            throw _errors.NotTrimmed(parked, failed.Error, failed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        IAdminClient? admin;
        ConfluentParkedReader[] readers;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            admin = _admin;
            readers = [.. _readers.OfType<ConfluentParkedReader>()];
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        var ended = Task.Run(async () =>
        {
            // It lives on the handle of a reader's client.
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
            return new ConfluentParkedReader(consumer, cursor, _errors, tokens, time, logger);
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw ParkedLogErrors.NoClient(parked, refused);
        }
    }

    private IAdminClient? AdminFor(PartitionId parked)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return null;
            }

            _readers[(int)ParkedLogCursor.Tail] ??= CreateReader(ParkedLogCursor.Tail, parked);
            return _admin ??= new DependentAdminClientBuilder(_readers[(int)ParkedLogCursor.Tail]!.Handle).Build();
        }
    }

    /// <summary>Asks; with a frozen broker the answer may come much later than anybody waits.</summary>
    private async Task<T> RequestAsync<T>(PartitionId parked, Func<IAdminClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        if (AdminFor(parked) is not { } admin)
        {
            throw new OperationCanceledException(_closing.Token);
        }

        var asking = ask(admin);
        _ = asking.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return await asking.WaitAsync(ending.Token).ConfigureAwait(false);
    }

    [LoggerMessage(2062, LogLevel.Warning, "Consumer {Consumer}: closing the clients of its parked logs took longer than {Budget} and was abandoned")]
    private partial void LogCloseAbandoned(string consumer, TimeSpan budget);
}
