using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Producing;

/// <summary>
/// One instance of the client, with the thread that serves it. Only this thread frees room in the local queue: each time it comes out of the client it lets
/// those go on who wait for room, so a wake-up can't be missed. Thread-safe.
/// </summary>
internal sealed class ProducerConnection
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Short, for those who wait for room are let go on only between two of them.</summary>
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromMilliseconds(20);

    private readonly IProducerConnectionOwner _client;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly InFlightStripe[] _stripes = new InFlightStripe[8];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ClientTokens? _tokens;
    private volatile bool _closing;
    private volatile bool _givenUp;
    private volatile bool _hasDelivered;
    private volatile Error? _fatal;
    private readonly object _callGate = new();
    private int _calls;
    private bool _disposing;

    public ProducerConnection(IProducerConnectionOwner client, ProducerFactory factory, ClientTroubles troubles)
    {
        _client = client;
        Troubles = troubles;
        for (var i = 0; i < _stripes.Length; i++) _stripes[i] = new InFlightStripe(this);
        _tokens = client.Tokens is { } tokens ? new ClientTokens(tokens) : null;
        _producer = factory(OnError, troubles.OnLog, _tokens);
    }

    public ClientTroubles Troubles { get; }

    /// <summary>Whether the broker has ever acknowledged an event of this instance.</summary>
    public bool HasDelivered => _hasDelivered;

    /// <summary>Completes when this takes no more records and every one that it took has ended.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Completes when the client is disposed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How many records are in the client.</summary>
    public long InFlight
    {
        get
        {
            var count = 0L;
            foreach (var stripe in _stripes) count += stripe.Count;
            return count;
        }
    }

    /// <summary>Whether later records go to this one, and it holds none. To be asked on its own thread, where nothing ends meanwhile.</summary>
    public bool IsEmptyCurrent() => InFlight == 0 && _client.IsCurrent(this);

    public void Start() =>
        new Thread(Serve) { IsBackground = true, Name = $"EventDriven producer ({_client.Cluster})" }.Start();

    /// <summary>Gives a record to the client.</summary>
    /// <param name="record">The record; free for reuse once this returns.</param>
    /// <param name="pending">Gets the report.</param>
    /// <param name="thrown">What the client threw, where it refused.</param>
    public ProduceResult Produce(OutgoingRecord record, PendingRecord pending, out Exception? thrown)
    {
        thrown = null;
        var stripe = _stripes[Environment.CurrentManagedThreadId & (_stripes.Length - 1)];
        // Listed first: the report may come before the call returns.
        if (!stripe.TryAdd(pending)) return ProduceResult.Closed;

        try
        {
            _producer.Produce(record.Destination!, record.Message, pending.OnReport);
            return ProduceResult.Sent;
        }
        catch (ProduceException<byte[], byte[]> refused)
        {
            // Given up meanwhile: it has been told already.
            if (!stripe.TryRemove(pending)) return ProduceResult.Sent;

            thrown = refused;
            return refused.Error.Code == ErrorCode.Local_QueueFull ? ProduceResult.Full
                : refused.Error.IsFatal ? ProduceResult.Fatal
                : ProduceResult.Refused;
        }
#pragma warning disable CA1031 // It goes to the caller.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            if (!stripe.TryRemove(pending)) return ProduceResult.Sent;

            thrown = unexpected;
            return ProduceResult.Refused;
        }
        finally
        {
            stripe.EndCall();
        }
    }

    /// <summary>
    /// Lets a thread into the client for a call beside those of <see cref="Produce"/>, such as one about a transaction; the client is not disposed before
    /// <see cref="Leave"/>.
    /// </summary>
    /// <returns>False where the client is gone.</returns>
    public bool TryEnter([NotNullWhen(true)] out IProducer<byte[], byte[]>? producer)
    {
        lock (_callGate)
        {
            producer = _disposing ? null : _producer;
            if (producer is null) return false;

            _calls++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_callGate)
        {
            _calls--;
            Monitor.PulseAll(_callGate);
        }
    }

    /// <summary>The client's report about a record.</summary>
    public void Settle(PendingRecord pending, DeliveryReport<byte[], byte[]> report)
    {
        if (!pending.Stripe!.TryRemove(pending)) return;

        if (!report.Error.IsError)
        {
            _hasDelivered = true;
            Troubles.OnDelivered();
            pending.Complete(ReceiptOf(pending.Target.Topic, report));
            return;
        }

        if (report.Error.IsFatal) _client.Replace(this, report.Error);
        // After a fatal error the client gives back what it holds as purged, which says nothing of the cause.
        var error = report.Error.Code is ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight ? _fatal ?? report.Error : report.Error;
        if (error.Code == ErrorCode.TopicAuthorizationFailed) Troubles.OnNotAuthorized(pending.Target.Topic, error);
        pending.Fail(ProduceErrors.NotProduced(pending.Target, Troubles.CauseOf(error), report.Status != PersistenceStatus.NotPersisted));
    }

    /// <summary>Takes no more records; the client is disposed when the last report has come.</summary>
    /// <param name="fatal">The error that ended the client, if one did: what it still held has failed because of it.</param>
    public void Close(Error? fatal = null)
    {
        _fatal ??= fatal;
        foreach (var stripe in _stripes) stripe.Close();
        _closing = true;
    }

    /// <summary>Ends now: what is still in the client is handed back, to be failed by the caller.</summary>
    public List<PendingRecord> GiveUp()
    {
        Close();
        _givenUp = true;
        var left = new List<PendingRecord>();
        foreach (var stripe in _stripes) stripe.TakeAll(left);
        return left;
    }

    private static EventReceipt ReceiptOf(string topic, DeliveryReport<byte[], byte[]> report) => new()
    {
        Topic = topic,
        Partition = report.Partition.Value,
        Offset = report.Offset.Value,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, report.Message.Timestamp.UnixTimestampMs)),
    };

    private void OnError(Error error)
    {
        if (error.IsFatal) _client.Replace(this, error);
        if (_tokens?.HasTold(error) != true) Troubles.OnError(error);
    }

    private void Serve()
    {
        while (!_givenUp && !(_closing && InFlight == 0))
        {
            // A flush sends at once what lingers. It returns at once where nothing is under way, so the poll keeps this from spinning.
            if (!_client.IsFlushing || _producer.Flush(FlushTimeout) == 0) _producer.Poll(PollTimeout);
            _client.OnServed(this);
        }

        _drained.TrySetResult();
        // The native client must not go away under a thread that is still inside.
        var wait = new SpinWait();
        foreach (var stripe in _stripes)
        {
            while (stripe.HasCalls) wait.SpinOnce();
        }

        lock (_callGate)
        {
            _disposing = true;
            while (_calls > 0) Monitor.Wait(_callGate);
        }

        _tokens?.Close();
        _producer.Dispose();
        _client.OnEnded(this);
        _ended.SetResult();
    }
}
