using EventDriven.Kafka.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>
/// Starts and stops everything of the host. Consumers run only while all hosted services of the application do: they start after the last of them and
/// stop before the first; producers end after the last.
/// </summary>
internal sealed partial class EventDrivenHostedService(
    RegistrationValidator validator,
    HostedConsumers consumers,
    ClusterContacts contacts,
    IEnumerable<IStopAfterConsumers> stopAfterConsumers,
    ClusterStates states,
    HostStopper stopper,
    IOptions<HostOptions> hostOptions,
    TimeProvider time,
    ILogger<EventDrivenHostedService> logger) : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestReserve = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BudgetOfDispose = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private IReadOnlyList<ClusterContact> _contacts = [];
    private Task _contacting = Task.CompletedTask;
    private Task? _stopped;

    /// <summary>Before any hosted service starts: whatever can be found wrong without a cluster ends the start.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        validator.Validate();
        foreach (var consumer in consumers.All) consumer.Prepare();
        _contacts = contacts.For(consumers.All);
        WarnOfShortShutdown();
        return Task.CompletedTask;
    }

    /// <summary>Contact with the clusters without which the host is not to start.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var required = _contacts.Where(static contact => contact.WhenUnreachable == UnreachableAction.StopHost);
        var problems = (await Task.WhenAll(required.Select(contact => contact.TryAsync(cancellationToken))).ConfigureAwait(false)).SelectMany(static found => found);
        RegistrationValidator.ThrowIfAny([.. problems]);
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var contact in _contacts.Where(static contact => contact.WhenUnreachable == UnreachableAction.StopHost))
        {
            foreach (var consumer in contact.Consumers) consumer.StartWithHost();
        }

        _contacting = Task.WhenAll(_contacts.Where(static contact => contact.WhenUnreachable == UnreachableAction.Wait).Select(ContactAsync));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => StopConsumersAsync(Budget(), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => StopConsumersAsync(Budget(), cancellationToken);

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        if (stopper.Reason is { } reason) failures.Add(reason);
        var stops = stopAfterConsumers.Select(part => part.StopAsync(cancellationToken).AsTask()).ToArray();
        foreach (var stop in stops)
        {
            try
            {
                await stop.ConfigureAwait(false);
            }
#pragma warning disable CA1031 // One that fails must not keep the others from ending; all are thrown below.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                failures.Add(failure);
            }
        }

        if (failures.Count == 1) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures[0]);
        if (failures.Count > 1) throw new AggregateException(failures);
    }

    /// <summary>A host whose start failed disposes its services without stopping them.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopConsumersAsync(BudgetOfDispose, CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Looks again and again until the cluster is as it should be; each consumer starts as soon as nothing is wrong that concerns it.</summary>
    private async Task ContactAsync(ClusterContact contact)
    {
        var pause = FirstPause;
        var told = "";
        try
        {
            while (true)
            {
                var errors = await contact.TryAsync(_stopping.Token).ConfigureAwait(false);
                foreach (var consumer in contact.Consumers) StartOrWait(consumer, contact.Concerning(consumer, errors));

                var text = string.Concat(errors.Select(static error => $"{Environment.NewLine}  - {error}"));
                states.Set(contact.Cluster, errors);
                if (text != told)
                {
                    told = text;
                    if (errors.Count > 0) LogNotReady(contact.Cluster, text);
                    else LogReady(contact.Cluster);
                }

                if (errors.Count == 0) return;

                await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            LogContactGivenUp(contact.Cluster);
        }
    }

    private static void StartOrWait(HostedConsumer consumer, IReadOnlyList<ConfigurationError> errors)
    {
        if (errors.Count == 0) consumer.StartWithHost();
        else consumer.WaitFor(string.Join(' ', errors.Select(static error => $"{error.Property}: {error.Problem}")));
    }

    private Task StopConsumersAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _stopped ??= StopOnceAsync(budget, cancellationToken);
        }
    }

    private async Task StopOnceAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        var stops = Task.WhenAll(consumers.All.Select(consumer => consumer.StopWithHostAsync(budget)).Append(_contacting));
        try
        {
            // Each ends within the budget by itself; this is for a host that has less time than it said.
            await stops.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogOutOfTime();
        }
    }

    /// <summary>The host's time less what is kept for the producers, which flush after the consumers.</summary>
    private TimeSpan Budget()
    {
        var timeout = hostOptions.Value.ShutdownTimeout;
        if (timeout == Timeout.InfiniteTimeSpan) return LongestDrain() + TimeSpan.FromMinutes(1);

        var reserve = timeout / 5;
        return timeout - (reserve < LongestReserve ? reserve : LongestReserve);
    }

    private TimeSpan LongestDrain() => consumers.All.Select(static consumer => consumer.Settings?.Options.DrainTimeout ?? TimeSpan.Zero).DefaultIfEmpty().Max();

    private void WarnOfShortShutdown()
    {
        var budget = Budget();
        foreach (var consumer in consumers.All)
        {
            if (consumer.Settings!.Options.DrainTimeout > budget) LogShortShutdown(consumer.Name, consumer.Settings.Options.DrainTimeout, budget, hostOptions.Value.ShutdownTimeout);
        }
    }

    [LoggerMessage(1000, LogLevel.Error, "The cluster '{Cluster}' is not as its consumers and producers need it; it is looked at again until it is:{Problems}")]
    private partial void LogNotReady(string cluster, string problems);

    [LoggerMessage(1001, LogLevel.Information, "The cluster '{Cluster}' is as its consumers and producers need it now.")]
    private partial void LogReady(string cluster);

    [LoggerMessage(1002, LogLevel.Debug, "The host stops before the cluster '{Cluster}' was as its consumers and producers need it.")]
    private partial void LogContactGivenUp(string cluster);

    [LoggerMessage(1003, LogLevel.Warning, "Consumer '{Consumer}' has a DrainTimeout of {DrainTimeout}, but a stop gives it {Budget}: the host's ShutdownTimeout is {ShutdownTimeout}. Handlers that take longer are cancelled, and their events delivered again.")]
    private partial void LogShortShutdown(string consumer, TimeSpan drainTimeout, TimeSpan budget, TimeSpan shutdownTimeout);

    [LoggerMessage(1005, LogLevel.Warning, "The host's shutdown timeout was over before all consumers had stopped. What they had not committed will be delivered again.")]
    private partial void LogOutOfTime();
}
