using EventDriven.Kafka.Producing;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Transactions;

/// <summary>One transaction of a transactional producer, as its code and the producers that are called within it see it. Thread-safe.</summary>
internal sealed class ProducerTransaction(TransactionalClient client, TransactionalClientSettings settings, IServiceProvider services) : IEventTransaction, IOpenTransaction, IRecordSink
{
    private readonly OpenRecords _open = new();
    private long _count;

    /// <summary>How many records became part of it.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Why a record did not become part of it; null where all did.</summary>
    public Exception? Refused => _open.Refused;

    public Task<EventReceipt> ProduceAsync<T>(T @event, ProduceOptions? options, CancellationToken cancellationToken)
    {
        var producer = services.GetService<IEventProducer<T>>() ?? throw new InvalidOperationException(
            $"No producer of {typeof(T)} is registered without a key. Register one with AddEventProducer<{typeof(T).Name}>(topic), or call the IEventProducer<{typeof(T).Name}> that is meant: within the transaction it produces into it.");
        return producer.ProduceAsync(@event, options, cancellationToken);
    }

    public IRecordSink For(ProduceTarget producer)
    {
        settings.Check(producer);
        return this;
    }

    public OutgoingRecord Rent()
    {
        _open.Begin(settings.Subject);
        return client.Rent();
    }

    public void Return(OutgoingRecord record)
    {
        client.Return(record);
        _open.End(new InvalidOperationException("An event was not produced: it was refused, or its making has failed."));
    }

    public Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken)
    {
        // In the caller's own exception path the record comes back by Return.
        if (client.Send(record, pending, cancellationToken) is { } waiting) return AwaitAsync(waiting);

        NoteSent();
        return null;
    }

    /// <summary>Lets nothing more in, and waits for what is on its way in.</summary>
    public Task CloseAsync() => _open.CloseAsync();

    private async Task AwaitAsync(Task waiting)
    {
        try
        {
            await waiting.ConfigureAwait(false);
        }
        catch (Exception refused)
        {
            _open.End(refused);
            throw;
        }

        NoteSent();
    }

    private void NoteSent()
    {
        Interlocked.Increment(ref _count);
        _open.End(null);
    }
}
