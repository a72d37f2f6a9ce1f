using System.Runtime.ExceptionServices;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Transactions;

/// <summary>Runs transactions one after the other by one client, which is made at the first of them, and replaced after a fault. Thread-safe.</summary>
internal sealed partial class TransactionalProducer : ITransactionalProducer, IStopAfterConsumers, IAsyncDisposable, IDisposable
{
    /// <summary>How long a disposal waits for a transaction that runs, where no host has stopped this before.</summary>
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly IServiceProvider _services;
    private readonly AmbientTransaction _ambient;
    private readonly Lazy<TransactionalClientSettings> _settings;
    private readonly Func<TransactionalClientSettings, TransactionalClient> _create;
    private readonly TransactionTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private TransactionalClient? _client;
    private Task? _stop;

    public TransactionalProducer(
        string name,
        Func<TransactionalClientSettings> settings,
        Func<TransactionalClientSettings, TransactionalClient> create,
        AmbientTransaction ambient,
        TransactionTelemetry telemetry,
        IServiceProvider services,
        TimeProvider time,
        ILogger logger)
    {
        _name = name;
        _services = services;
        _ambient = ambient;
        _settings = new Lazy<TransactionalClientSettings>(settings);
        _create = create;
        _telemetry = telemetry;
        _time = time;
        _logger = logger;
    }

    public static TransactionalProducer Create(IServiceProvider services, TransactionalProducerRegistration registration)
    {
        var logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("EventDriven.Kafka.Transactions");
        var time = services.GetRequiredService<TimeProvider>();
        var instruments = services.GetRequiredService<Instruments>();
        return new TransactionalProducer(
            registration.Name,
            () => Compose(services, registration),
            settings => new TransactionalClient(
                settings, services.GetRequiredService<TransactionalProducerFactory>()(settings.Client), logger, time, services.GetService<TokenSources>()?.For(settings.Cluster, settings.Client), instruments),
            services.GetRequiredService<AmbientTransaction>(),
            TransactionTelemetry.OfProducer(instruments, time, registration.Name),
            services,
            time,
            logger);
    }

    public async Task InTransactionAsync(Func<IEventTransaction, Task> body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_ambient.Current is not null)
        {
            throw new InvalidOperationException(
                $"Transactional producer '{_name}' was called within a transaction, and its own would be committed whatever becomes of that one. Produce into the transaction that there is, or begin this one after it.");
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_stopping.IsCancellationRequested) throw NotBegun("the host is stopping", null);

            var client = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await RunAsync(client, body, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for the transaction that runs; those that wait for their turn are refused.</summary>
    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopping) return new ValueTask(_stop ??= StopOnceAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        using var budget = new CancellationTokenSource(DisposeTimeout, _time);
        await StopAsync(budget.Token).ConfigureAwait(false);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static TransactionalClientSettings Compose(IServiceProvider services, TransactionalProducerRegistration registration)
    {
        var errors = new List<ConfigurationError>();
        var options = services.GetRequiredService<TransactionalProducerOptionsFactory>().Create(registration.Name, errors);
        options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var cluster = services.GetRequiredService<ClusterDirectory>().Find(registration, errors);
        RegistrationValidator.ThrowIfAny(errors);
        var settings = services.GetRequiredService<TransactionalClientComposer>().Compose(
            registration.Subject, cluster!.Name, options.TransactionalId ?? $"{registration.Name}-{Guid.NewGuid():N}", options, errors);
        RegistrationValidator.ThrowIfAny(errors);
        return settings;
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        var hasTurn = false;
        try
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            hasTurn = true;
        }
        catch (OperationCanceledException)
        {
            // Its client goes under it: it is rolled back, if by brokers.
            LogAbandoned(_logger, _name);
        }

        var client = Interlocked.Exchange(ref _client, null);
        client?.Close();
        if (client is not null) await client.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (hasTurn) _turn.Release();
    }

    /// <summary>The client, ready to begin a transaction.</summary>
    private async Task<TransactionalClient> OpenAsync(CancellationToken cancellationToken)
    {
        if (_client is { } current) return current;

        TransactionalClient? client = null;
        try
        {
            client = _create(_settings.Value);

            // Not ended by the token: the client would have to be thrown away. The next call finds it ready, or asks again.
            var opened = client;
            await BesideAsync(() => opened.Initialize(_settings.Value.Timeout)).ConfigureAwait(false);
        }
        catch (TransactionFaultException fault)
        {
            client?.Close();
            throw NotBegun(fault.Message, fault);
        }

        if (_stopping.IsCancellationRequested)
        {
            client.Close();
            throw NotBegun("the host is stopping", null);
        }

        Volatile.Write(ref _client, client);
        cancellationToken.ThrowIfCancellationRequested();
        return client;
    }

    private async Task RunAsync(TransactionalClient client, Func<IEventTransaction, Task> body, CancellationToken cancellationToken)
    {
        try
        {
            await BesideAsync(client.Begin).ConfigureAwait(false);
        }
        catch (TransactionFaultException fault)
        {
            Drop(client);
            throw NotBegun(fault.Message, fault);
        }

        var begunAt = _time.GetTimestamp();
        var transaction = new ProducerTransaction(client, _settings.Value, _services);
        var thrown = await RunBodyAsync(transaction, body).ConfigureAwait(false);
        thrown ??= transaction.Refused;
        if (thrown is null && cancellationToken.IsCancellationRequested) thrown = new OperationCanceledException(cancellationToken);
        if (thrown is not null)
        {
            await RollBackAsync(client, begunAt).ConfigureAwait(false);
            ExceptionDispatchInfo.Throw(thrown);
        }

        try
        {
            await BesideAsync(client.Commit).ConfigureAwait(false);
        }
        catch (TransactionFaultException fault) when (fault.Fault is TransactionFault.Abortable)
        {
            await RollBackAsync(client, begunAt).ConfigureAwait(false);
            throw new EventTransactionException(
                $"A transaction of producer '{_name}' was rolled back: {fault.Message}. Nothing of it is visible; it may be run again.", _name, TransactionOutcome.RolledBack, innerException: fault);
        }
        catch (TransactionFaultException fault)
        {
            Drop(client);
            _telemetry.Lost(begunAt);
            var isFenced = fault.Fault is TransactionFault.Fenced;
            var why = fault.Fault switch
            {
                TransactionFault.Fenced => "another producer with its transactional id has taken its place, or it took longer than its TransactionTimeout",
                TransactionFault.Fatal => "its client can't go on",
                _ => "no answer to its commit came in time",
            };
            throw new EventTransactionException(
                $"It is not known whether a transaction of producer '{_name}' was committed: {why} ({fault.Message}). All of it is visible, or nothing: run it again only if its consumers can bear its events twice.",
                _name, TransactionOutcome.Unknown, isFenced, fault);
        }

        _telemetry.Committed(begunAt, transaction.Count);
    }

    private async Task<Exception?> RunBodyAsync(ProducerTransaction transaction, Func<IEventTransaction, Task> body)
    {
        Exception? thrown = null;
        _ambient.Current = transaction;
        try
        {
            await body(transaction).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is thrown again once the transaction is rolled back.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            thrown = exception;
        }
        finally
        {
            _ambient.Current = null;
        }

        await transaction.CloseAsync().ConfigureAwait(false);
        return thrown;
    }

    /// <summary>Aborts; where that fails, a new client does it when it takes the id over, or brokers do when the time is over.</summary>
    private async Task RollBackAsync(TransactionalClient client, long begunAt)
    {
        try
        {
            await BesideAsync(client.Abort).ConfigureAwait(false);
        }
        catch (TransactionFaultException fault)
        {
            LogNotAborted(_logger, _name, fault.Message);
            Drop(client);
        }

        _telemetry.Aborted(begunAt);
    }

    private void Drop(TransactionalClient client)
    {
        Interlocked.CompareExchange(ref _client, null, client);
        client.Close();
    }

    private EventTransactionException NotBegun(string why, TransactionFaultException? fault) => new(
        $"A transaction of producer '{_name}' was not begun: {why}. Nothing of it was produced.", _name, TransactionOutcome.RolledBack, fault?.Fault is TransactionFault.Fenced, fault);

    /// <summary>The client's calls about transactions block, for as long as brokers need: each has a thread of its own.</summary>
    private static Task BesideAsync(Action call) => Task.Factory.StartNew(
        call, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    [LoggerMessage(6001, LogLevel.Warning, "Transactional producer '{Producer}' could not abort a transaction: {Reason}. A new client does when it begins, or brokers when its time is over; nothing of it becomes visible.")]
    private static partial void LogNotAborted(ILogger logger, string producer, string reason);

    [LoggerMessage(6002, LogLevel.Warning, "Transactional producer '{Producer}': a transaction was still running when the time to stop was over. It is rolled back.")]
    private static partial void LogAbandoned(ILogger logger, string producer);
}
