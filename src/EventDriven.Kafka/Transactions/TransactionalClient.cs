using Confluent.Kafka;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Transactions;

/// <summary>
/// One instance of the client with a transactional id: at most one transaction is open in it. The calls about transactions block, and are made by one thread at a time, never the
/// poll thread; records may be given by any. It is never mended: after a fault other than <see cref="TransactionFault.Abortable"/> its owner makes another.
/// </summary>
internal sealed class TransactionalClient : ITransactionalClient, IRecordSink, IProducerConnectionOwner
{
    /// <summary>Of a call that can be made again at once, to find that it can be made again at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long one call for an id may block; a stop is noticed in between.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);

    private readonly TransactionalClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly OutgoingRecordPool _records = new();
    private readonly Action<OutgoingRecord> _release;
    private readonly RoomLine _line;
    private readonly ProducerConnection _connection;
    private volatile Error? _fatal;
    private volatile bool _closed;

    /// <param name="settings">Its settings.</param>
    /// <param name="factory">Makes the native client.</param>
    /// <param name="logger">Is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tokens">Where its tokens come from; null where it uses none.</param>
    /// <param name="instruments">Where its errors are told of.</param>
    /// <param name="release">Takes back records that it was given and that are not its own; null where all are.</param>
    /// <exception cref="TransactionFaultException">The client refuses its settings.</exception>
    public TransactionalClient(
        TransactionalClientSettings settings,
        ProducerFactory factory,
        ILogger logger,
        TimeProvider time,
        TokenSource? tokens = null,
        Instruments? instruments = null,
        Action<OutgoingRecord>? release = null)
    {
        _release = release ?? _records.Return;
        _settings = settings;
        _time = time;
        Tokens = tokens;
        _line = new RoomLine(TryProduce, _release);
        try
        {
            _connection = new ProducerConnection(this, factory, new ClientTroubles(settings.Cluster, logger, time, instruments));
        }
#pragma warning disable CA1031 // The client throws half a dozen types for settings that it refuses.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            throw new TransactionFaultException(TransactionFault.Fatal, "InvalidConfiguration", thrown.Message, thrown);
        }

        _connection.Start();
    }

    public string Cluster => _settings.Cluster;

    public TokenSource? Tokens { get; }

    /// <summary>A commit flushes by itself.</summary>
    public bool IsFlushing => false;

    /// <summary>Completes when the client is disposed.</summary>
    public Task Ended => _connection.Ended;

    public void Initialize(TimeSpan limit) => Call(
        limit, static (producer, left) => producer.InitTransactions(left < Slice ? left : Slice), TransactionFault.Unreachable);

    public void Begin() => Call(_settings.Timeout, static (producer, _) => producer.BeginTransaction(), TransactionFault.Fatal);

    public void SendOffsets(IReadOnlyCollection<TopicPartitionOffset> positions, IConsumerGroupMetadata group)
    {
        try
        {
            Call(_settings.Timeout, (producer, left) => producer.SendOffsetsToTransaction(positions, group, left), TransactionFault.Abortable);
        }
        catch (TransactionFaultException unanswered) when (unanswered is { Fault: TransactionFault.Abortable, Code: nameof(ErrorCode.Local_TimedOut) })
        {
            // They may arrive yet: from a client that goes on after an abort in its next transaction, where they would pass over events whose output was aborted. Those of a client whose place
            // another has taken are refused.
            throw new TransactionFaultException(TransactionFault.Indefinite, unanswered.Code, unanswered.Reason, unanswered);
        }
    }

    // Without a time of ours: a call that was given up would have to be made again until it ends, and the client bounds it by what is left of the transaction's own.

    public void Commit() => Call(_settings.Timeout, static (producer, _) => producer.CommitTransaction(), TransactionFault.Indefinite, whenNotMade: TransactionFault.Abortable);

    public void Abort() => Call(_settings.Timeout, static (producer, _) => producer.AbortTransaction(), TransactionFault.Indefinite);

    public void Close()
    {
        // The native client is disposed on its own thread, once no call is inside.
        _closed = true;
        _line.Close();
        _line.RefuseAll();
        foreach (var pending in _connection.GiveUp()) pending.Fail(ProduceErrors.GivenUp(pending.Target));
    }

    public OutgoingRecord Rent() => _records.Rent();

    public void Return(OutgoingRecord record) => _release(record);

    public Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken)
    {
        if (!_line.IsEmpty || !TryProduce(record, pending)) return _line.Join(record, pending, cancellationToken);

        Return(record);
        return null;
    }

    void IProducerConnectionOwner.OnServed(ProducerConnection connection) => _line.Advance(connection.IsEmptyCurrent);

    bool IProducerConnectionOwner.IsCurrent(ProducerConnection connection) => true;

    void IProducerConnectionOwner.OnEnded(ProducerConnection connection)
    {
    }

    void IProducerConnectionOwner.Replace(ProducerConnection connection, Error error) => _fatal ??= error;

    private bool TryProduce(OutgoingRecord record, PendingRecord pending)
    {
        switch (_connection.Produce(record, pending, out var thrown))
        {
            case ProduceResult.Sent:
                return true;
            case ProduceResult.Full:
                return false;
            case ProduceResult.Closed:
                throw ProduceErrors.Stopping(pending.Target);
            default:
                var error = (thrown as KafkaException)?.Error ?? new Error(ErrorCode.Local_Fail, thrown!.Message);
                throw ProduceErrors.NotProduced(pending.Target, error, mayHaveBeenDelivered: false, thrown);
        }
    }

    /// <param name="limit">How long it may be made again.</param>
    /// <param name="call">The call.</param>
    /// <param name="whenOutOfTime">What it means where it did not end.</param>
    /// <param name="whenNotMade">What it means where it was never made, since the client was closed before; as above unless given.</param>
    private void Call(TimeSpan limit, Action<IProducer<byte[], byte[]>, TimeSpan> call, TransactionFault whenOutOfTime, TransactionFault? whenNotMade = null)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            var left = limit - _time.GetElapsedTime(started);
            if (_closed || !_connection.TryEnter(out var producer)) throw Gone(whenNotMade ?? whenOutOfTime);

            whenNotMade = null;
            try
            {
                call(producer, left < TimeSpan.Zero ? TimeSpan.Zero : left);
                return;
            }
            catch (KafkaRetriableException passing)
            {
                if (_time.GetElapsedTime(started) >= limit) throw Fault(whenOutOfTime, passing);
                if (_closed) throw Gone(whenOutOfTime);
            }
            catch (KafkaTxnRequiresAbortException abortable)
            {
                throw Fault(TransactionFault.Abortable, abortable);
            }
            catch (KafkaException failed)
            {
                throw Fault(KindOf(failed.Error), failed);
            }
            finally
            {
                _connection.Leave();
            }

            Task.Delay(Pause, _time).Wait();
        }
    }

    private TransactionFaultException Gone(TransactionFault fault) => _fatal is { } fatal
        ? new TransactionFaultException(KindOf(fatal), fatal.Code.ToString(), fatal.Reason)
        : new TransactionFaultException(fault, nameof(ErrorCode.Local_Destroy), "the client was closed");

    private static TransactionFaultException Fault(TransactionFault fault, KafkaException thrown) => new(fault, thrown.Error.Code.ToString(), Describe(thrown.Error), thrown);

    private static TransactionFault KindOf(Error error) => error.Code switch
    {
        ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch => TransactionFault.Fenced,
        ErrorCode.Local_TimedOut => TransactionFault.Indefinite,
        _ => TransactionFault.Fatal,
    };

    private static string Describe(Error error)
    {
        var remedy = error.Code switch
        {
            ErrorCode.TransactionalIdAuthorizationFailed =>
                "Give the principal of this client the right: kafka-acls.sh --add --allow-principal User:NAME --operation Write --operation Describe --transactional-id PREFIX --resource-pattern-type prefixed.",
            ErrorCode.InvalidTransactionTimeout => "Set a TransactionTimeout that is not above transaction.max.timeout.ms of the brokers.",
            _ => SecurityRemedies.For(error.Code, error.Reason),
        };
        return remedy is null ? error.Reason : $"{error.Reason.TrimEnd('.')}. {remedy}";
    }
}
