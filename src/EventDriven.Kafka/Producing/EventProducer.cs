using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Producing;

/// <summary>The producer of one event type: makes records of events and gives them to the shared client.</summary>
internal sealed partial class EventProducer<T>(
    ProducerClient client,
    EventKey<T> key,
    IEventSerializer<T> serializer,
    CloudEventHeaders? cloudEvents,
    ProducerFailures failures,
    TimeProvider timeProvider,
    ProducerPipeline? middleware = null,
    AmbientTransaction? ambient = null) : IEventProducer<T>
{
    private readonly ProducerClient _client = client;
    private readonly ProducerFailures _failures = failures;
    private readonly ProducerPipeline? _middleware = middleware;
    private readonly ProduceTarget _target = failures.Target;
    private readonly TopicPartition _anyPartition = new(failures.Target.Topic, Partition.Any);
    private readonly FlushEpochs _epochs = new(failures);
    private readonly SendOrder _order = new();
    private EventProducer<T>? _outside;

    public Task<EventReceipt> ProduceAsync(T @event, ProduceOptions? options, CancellationToken cancellationToken)
    {
        if (@event is null) throw new ArgumentNullException(nameof(@event), "A record without a value is a tombstone: use ProduceTombstoneAsync.");
        return ProduceAsync(new EventContent(this, @event), options, cancellationToken);
    }

    public Task<EventReceipt> ProduceTombstoneAsync<TKey>(TKey key, ProduceOptions? options, CancellationToken cancellationToken)
        where TKey : notnull
    {
        if (key is null) throw new ArgumentNullException(nameof(key), "A tombstone is for a key.");
        return ProduceAsync(new TombstoneContent<TKey>(this, WriterOf<TKey>(), key), options, cancellationToken);
    }

    public ValueTask EnqueueAsync(T @event, Action<EventDelivery>? onCompleted, ProduceOptions? options, CancellationToken cancellationToken)
    {
        if (@event is null) throw new ArgumentNullException(nameof(@event), "A record without a value is a tombstone: use ProduceTombstoneAsync.");
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);

        try
        {
            var sink = SinkOfCaller();
            var pending = new EnqueuedRecord(_epochs.Begin(), onCompleted) { Sink = sink };
            return Submit(new EventContent(this, @event), pending, options, cancellationToken, cancellationToken) is { } waiting
                ? new ValueTask(waiting)
                : ValueTask.CompletedTask;
        }
        catch (Exception refused)
        {
            return ValueTask.FromException(refused);
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var earlier = _epochs.Advance();
        if (!earlier.IsCompleted)
        {
            _client.BeginFlush();
            try
            {
                await earlier.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _client.EndFlush();
            }
        }

        var count = _failures.Take(out var last);
        if (count > 0) throw ProduceErrors.NotDelivered(_target, count, last);
    }

    public IEventProducer<T> OutsideTransaction() => ambient is null ? this : _outside ??= new EventProducer<T>(_client, key, serializer, cloudEvents, _failures, timeProvider, _middleware);

    /// <summary>Where the records of this call go. Hosts without transactions never ask.</summary>
    private IRecordSink SinkOfCaller() => ambient?.Current is { } transaction ? transaction.For(_target) : _client;

    private Task<EventReceipt> ProduceAsync<TContent>(TContent content, ProduceOptions? options, CancellationToken cancellationToken)
        where TContent : struct, IContent
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<EventReceipt>(cancellationToken);

        IRecordSink sink;
        try
        {
            sink = SinkOfCaller();
        }
        catch (Exception refused)
        {
            return Task.FromException<EventReceipt>(refused);
        }

        var pending = new AwaitedRecord(_epochs.Begin(), cancellationToken) { Sink = sink };
        try
        {
            // Cancelling stops the waiting, never the sending: the place in line is kept.
            if (Submit(content, pending, options, cancellationToken, CancellationToken.None) is { } waiting) _ = RefuseIfFailedAsync(waiting, pending);
        }
        catch (Exception refused)
        {
            pending.Refuse(refused);
        }

        return pending.Task;
    }

    private static async Task RefuseIfFailedAsync(Task waiting, AwaitedRecord pending)
    {
        try
        {
            await waiting.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It goes to the caller.
        catch (Exception refused)
#pragma warning restore CA1031
        {
            pending.Refuse(refused);
        }
    }

    /// <summary>Makes a record and gives it to the client, after all records of earlier calls.</summary>
    /// <returns>Null where the client has it; else a task that completes when it has, or faults.</returns>
    private Task? Submit<TContent>(
        TContent content, PendingRecord pending, ProduceOptions? options, CancellationToken serializing, CancellationToken waiting)
        where TContent : struct, IContent
    {
        if (_target.Telemetry is not { IsEnabled: true } telemetry) return SubmitAtOnce(content, pending, options, serializing, waiting);

        var caller = Activity.Current;
        pending.Operation = telemetry.Begin();
        try
        {
            return SubmitAtOnce(content, pending, options, serializing, waiting);
        }
        finally
        {
            // The span goes on until the broker answers, and belongs to the event, not to what the caller does next.
            Activity.Current = caller;
        }
    }

    private Task? SubmitAtOnce<TContent>(
        TContent content, PendingRecord pending, ProduceOptions? options, CancellationToken serializing, CancellationToken waiting)
        where TContent : struct, IContent
    {
        OutgoingRecord record;
        try
        {
            record = pending.Sink!.Rent();
        }
        catch (Exception refused)
        {
            pending.Discard(refused);
            throw;
        }

        try
        {
            var time = Prepare(record, options);
            if (_middleware is not null) return SubmitThrough(content, record, pending, time, serializing, waiting);

            if (!_order.IsFree) return SubmitInOrderAsync(content, record, pending, time, null, null, _order.Take(), serializing, waiting);

            var keyBytes = content.SerializeKeyAsync(record.Headers, serializing);
            if (!keyBytes.IsCompletedSuccessfully)
            {
                return SubmitInOrderAsync(content, record, pending, time, keyBytes, null, _order.Take(), serializing, waiting);
            }

            record.Message.Key = keyBytes.Result!;
            var valueBytes = content.SerializeValueAsync(record.Headers, serializing);
            if (!valueBytes.IsCompletedSuccessfully)
            {
                return SubmitInOrderAsync(content, record, pending, time, null, valueBytes, _order.Take(), serializing, waiting);
            }

            record.Message.Value = valueBytes.Result!;
            return Send(content, record, pending, time, waiting);
        }
        catch (Exception thrown)
        {
            var told = IsToldAsItIs(thrown, serializing) ? thrown : ProduceErrors.NotSerialized(_target, thrown);
            GiveBack(record, pending, told);
            if (told == thrown) throw;
            throw told;
        }
    }

    /// <summary>The rest of <see cref="SubmitAtOnce"/> where a serializer, or an earlier call, has to wait.</summary>
    private async Task SubmitInOrderAsync<TContent>(
        TContent content,
        OutgoingRecord record,
        PendingRecord pending,
        DateTimeOffset time,
        ValueTask<byte[]?>? keyBytes,
        ValueTask<byte[]?>? valueBytes,
        SendOrder.Turn turn,
        CancellationToken serializing,
        CancellationToken waiting)
        where TContent : struct, IContent
    {
        Task? room;
        try
        {
            if (valueBytes is { } begun)
            {
                record.Message.Value = (await begun.ConfigureAwait(false))!;
            }
            else
            {
                record.Message.Key = (keyBytes is { } key
                    ? await key.ConfigureAwait(false)
                    : await content.SerializeKeyAsync(record.Headers, serializing).ConfigureAwait(false))!;
                record.Message.Value = (await content.SerializeValueAsync(record.Headers, serializing).ConfigureAwait(false))!;
            }

            await turn.Before.ConfigureAwait(false);
            room = Send(content, record, pending, time, waiting);
        }
        catch (Exception thrown)
        {
            var told = IsToldAsItIs(thrown, serializing) ? thrown : ProduceErrors.NotSerialized(_target, thrown);
            GiveBack(record, pending, told);
            if (told == thrown) throw;
            throw told;
        }
        finally
        {
            turn.Done();
        }

        if (room is not null) await room.ConfigureAwait(false);
    }
}
