using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Producing;

/// <content>The way through middleware; a producer without any never comes here.</content>
internal sealed partial class EventProducer<T>
{
    /// <summary>Sends a record through the middleware, in its place among all calls.</summary>
    private Task? SubmitThrough<TContent>(
        TContent content, OutgoingRecord record, PendingRecord pending, DateTimeOffset time, CancellationToken serializing, CancellationToken waiting)
        where TContent : struct, IContent
    {
        var call = new MiddlewareCall<TContent>(this, content, record, pending, _order.IsFree ? null : _order.Take());
        var running = call.RunAsync(time, serializing, waiting);
        if (running.IsCompletedSuccessfully) return null;

        // What is made after this call has returned comes after it, however long the middleware takes.
        if (!running.IsCompleted) call.KeepPlace();
        return running;
    }

    /// <summary>One record on its way through the middleware.</summary>
    private sealed class MiddlewareCall<TContent>(EventProducer<T> producer, TContent content, OutgoingRecord record, PendingRecord pending, SendOrder.Turn? turn)
        where TContent : struct, IContent
    {
        private readonly Lock _gate = new();
        private readonly Task? _before = turn?.Before;
        private SendOrder.Turn? _turn = turn;
        private bool _entered;
        private bool _sent;
        private bool _over;
        private Task? _room;
        private Exception? _failure;
        private CancellationToken _serializing;
        private CancellationToken _waiting;

        public async Task RunAsync(DateTimeOffset time, CancellationToken serializing, CancellationToken waiting)
        {
            _serializing = serializing;
            _waiting = waiting;
            ProduceContext? context = null;
            Exception? thrown = null;
            try
            {
                record.Message.Key = await SerializeKeyAsync().ConfigureAwait(false);
                context = CreateContext(time);
                await producer._middleware!.Chain(context).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                thrown = exception;
            }

            thrown = await CloseScopeAsync(context, thrown).ConfigureAwait(false);
            bool sent;
            lock (_gate)
            {
                _over = true;
                sent = _sent;
                _turn?.Done();
            }

            if (!sent) throw NotSent(context, thrown);

            if (_room is not null) await _room.ConfigureAwait(false);
            if (thrown is not null) producer._failures.MiddlewareThrew(thrown);
        }

        /// <summary>Lets later calls wait for this one, unless it has sent already.</summary>
        public void KeepPlace()
        {
            lock (_gate)
            {
                if (!_sent && !_over) _turn ??= producer._order.Take();
            }
        }

        private async Task<byte[]> SerializeKeyAsync()
        {
            try
            {
                return (await content.SerializeKeyAsync(record.Headers, _serializing).ConfigureAwait(false))!;
            }
            catch (Exception thrown) when (!IsToldAsItIs(thrown, _serializing))
            {
                throw ProduceErrors.NotSerialized(producer._target, thrown);
            }
        }

        private ProduceContext CreateContext(DateTimeOffset time)
        {
            // Headers of its own: the record is used again for other events, and a middleware may keep what it was given.
            var headers = new EventHeaders();
            headers.AddRange(record.Headers);
            return new ProduceContext(
                producer._target.Name, producer._target.Topic, typeof(T), !content.HasValue, record.Message.Key, headers, producer._middleware!.ServicesOf, _serializing)
            {
                Event = content.Event,
                Partition = record.Destination!.Partition == Partition.Any ? null : record.Destination.Partition.Value,
                Timestamp = time,
                Send = SendAsync,
            };
        }

        private async ValueTask SendAsync(ProduceContext context)
        {
            try
            {
                lock (_gate)
                {
                    if (_over) throw TooLate();
                    _entered = true;
                }

                record.Headers.Clear();
                record.Headers.AddRange(context.Headers);
                record.Message.Value = (await content.SerializeValueAsync(record.Headers, _serializing).ConfigureAwait(false))!;
                if (_before is not null) await _before.ConfigureAwait(false);
                lock (_gate)
                {
                    if (_over) throw TooLate();
                    SendNow(context);
                }
            }
            catch (Exception thrown)
            {
                _failure = IsToldAsItIs(thrown, _serializing) ? thrown : ProduceErrors.NotSerialized(producer._target, thrown);
                if (_failure == thrown) throw;
                throw _failure;
            }

            if (_room is not null) await _room.ConfigureAwait(false);
        }

        private void SendNow(ProduceContext context)
        {
            if (context.Partition != (record.Destination!.Partition == Partition.Any ? null : record.Destination.Partition.Value))
            {
                record.Destination = context.Partition is { } partition ? new TopicPartition(producer._target.Topic, partition) : producer._anyPartition;
            }

            record.Message.Timestamp = new Timestamp(context.Timestamp.ToUnixTimeMilliseconds(), TimestampType.CreateTime);
            _room = producer.Send(content, record, pending, context.Timestamp, _waiting);
            _sent = true;
            _turn?.Done();
        }

        private EventProduceException TooLate() => ProduceErrors.StoppedByMiddleware(producer._target, "it was no longer awaited");

        /// <summary>The event did not get into the client's queue: its caller is told why.</summary>
        private EventProduceException NotSent(ProduceContext? context, Exception? thrown)
        {
            // A serializer that nobody awaits may still write to the record.
            if (!_entered || _failure is not null) pending.Sink!.Return(record);

            // A failure that a middleware swallowed is one all the same.
            var cause = thrown ?? _failure;
            if (cause is not null)
            {
                pending.Discard(cause);
                ExceptionDispatchInfo.Throw(cause);
            }

            var last = producer._middleware!.LastOf(context!);
            var stopped = ProduceErrors.StoppedByMiddleware(
                producer._target, _entered ? $"{last} returned before next had completed" : $"{last} returned without having called next");
            pending.Discard(stopped);
            return stopped;
        }

        private static async ValueTask<Exception?> CloseScopeAsync(ProduceContext? context, Exception? thrown)
        {
            if (context?.Scope is not AsyncServiceScope scope) return thrown;

            try
            {
                await scope.DisposeAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // It is told like what a middleware throws.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return thrown ?? exception;
            }

            return thrown;
        }
    }
}
