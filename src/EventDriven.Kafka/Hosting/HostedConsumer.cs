using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Health;

namespace EventDriven.Kafka.Hosting;

/// <summary>One consumer of the host over its whole life: before its engine exists, while it waits for the cluster, while it runs, and after.</summary>
internal sealed class HostedConsumer(
    ConsumerRegistration registration, ConsumerSettingsComposer composer, IEventConsumerRunnerFactory runners, HostStopper stopper) : IEventConsumerControl
{
    /// <summary>What a stop by the application has beyond the drain, to commit and leave the group.</summary>
    private static readonly TimeSpan TimeToLeave = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly HashSet<PartitionId> _pausedPartitions = [];
    private IEventConsumerRunner? _runner;
    private string? _waitsFor;
    private bool _isAdmitted;
    private bool _isStarted;
    private bool _isStoppedByApplication;
    private bool _hostStops;
    private bool _isPaused;

    public string Name => registration.Name;

    public string Subject => registration.Subject;

    /// <summary>The settings it runs on; null before <see cref="Prepare"/>.</summary>
    public ConsumerSettings? Settings { get; private set; }

    /// <summary>The topics that it needs for failed events of the sources that it names; empty before <see cref="Prepare"/>.</summary>
    public IReadOnlyList<FailureTopicNeed> FailureTopics { get; private set; } = [];

    /// <summary>The engine, for those who wait on its state; null before <see cref="Prepare"/>.</summary>
    public EventConsumer? Engine
    {
        get
        {
            lock (_gate)
            {
                return (_runner as EventConsumerRunner)?.Consumer;
            }
        }
    }

    public ConsumerStatus Status
    {
        get
        {
            lock (_gate)
            {
                return _isStarted ? StatusOfRun() : new ConsumerStatus
                {
                    State = StateWithoutRun,
                    Reason = _waitsFor,
                    IsPaused = _isPaused,
                    IsStoppedByApplication = _isStoppedByApplication,
                };
            }
        }
    }

    private ConsumerState StateWithoutRun => _hostStops || _isStoppedByApplication ? ConsumerState.Stopped
        : _waitsFor is null ? ConsumerState.Starting
        : ConsumerState.WaitingForCluster;

    /// <summary>Makes the engine, whose settings and pipeline must be right by now.</summary>
    public void Prepare()
    {
        var errors = new List<ConfigurationError>();
        var settings = composer.Compose(registration, errors);
        RegistrationValidator.ThrowIfAny(errors);
        var runner = runners.Create(settings!, registration.Pipeline, reason => stopper.StopHost(Name, reason));
        lock (_gate)
        {
            Settings = settings;
            FailureTopics = FailureTopicNeed.Of(Subject, settings!, registration.Pipeline.Failures.Build(), settings!.Options.Topics);
            _runner = runner;
            if (_isPaused) runner.Pause();
            foreach (var partition in _pausedPartitions) runner.Pause(partition);
        }
    }

    /// <summary>Notes what keeps it from starting.</summary>
    public void WaitFor(string problems)
    {
        lock (_gate)
        {
            if (!_isAdmitted && !_hostStops) _waitsFor = problems;
        }
    }

    /// <summary>The host lets it run: starts the engine, unless the application has stopped it. Called again, it does nothing: what has ended stays so.</summary>
    public void StartWithHost()
    {
        lock (_gate)
        {
            if (_isAdmitted || _hostStops || _runner is null) return;

            _isAdmitted = true;
            _waitsFor = null;
            if (!_isStoppedByApplication) StartRunner();
        }
    }

    public void Start()
    {
        lock (_gate)
        {
            if (_hostStops) throw new InvalidOperationException($"Consumer '{Name}' can't be started: the host is stopping, or has stopped.");

            _isStoppedByApplication = false;
            if (_isAdmitted) StartRunner();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        Task stop;
        lock (_gate)
        {
            _isStoppedByApplication = true;
            stop = _isStarted ? _runner!.StopAsync(Settings!.Options.DrainTimeout + TimeToLeave) : Task.CompletedTask;
        }

        return stop.WaitAsync(cancellationToken);
    }

    /// <summary>Stops it for good, with the host.</summary>
    public Task StopWithHostAsync(TimeSpan budget)
    {
        lock (_gate)
        {
            // One that never ran is not started any more; its engine says so to those who wait for it.
            _hostStops = true;
            _waitsFor = null;
            return _runner?.StopAsync(budget) ?? Task.CompletedTask;
        }
    }

    public void Retry()
    {
        lock (_gate)
        {
            if (_isStarted) _runner!.Retry();
        }
    }

    public void Pause()
    {
        lock (_gate)
        {
            _isPaused = true;
            _runner?.Pause();
        }
    }

    public void Resume()
    {
        lock (_gate)
        {
            _isPaused = false;
            _runner?.Resume();
        }
    }

    public void Pause(string topic, int partition)
    {
        var id = IdOf(topic, partition);
        lock (_gate)
        {
            _pausedPartitions.Add(id);
            _runner?.Pause(id);
        }
    }

    public void Resume(string topic, int partition)
    {
        var id = IdOf(topic, partition);
        lock (_gate)
        {
            _pausedPartitions.Remove(id);
            _runner?.Resume(id);
        }
    }

    public Task SeekAsync(string topic, int partition, long offset, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var id = IdOf(topic, partition);
        lock (_gate)
        {
            return _isStarted
                ? _runner!.SeekAsync(id, offset).WaitAsync(cancellationToken)
                : Task.FromException(new InvalidOperationException($"The seek on {id} was not done: consumer '{Name}' is not running."));
        }
    }

    private static PartitionId IdOf(string topic, int partition)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        return new PartitionId(topic, partition);
    }

    private void StartRunner()
    {
        _isStarted = true;
        _runner!.Start();
    }

    private ConsumerStatus StatusOfRun()
    {
        var status = _runner!.Status;
        status.IsStoppedByApplication = _isStoppedByApplication && status.State is ConsumerState.Stopping or ConsumerState.Stopped;
        return status;
    }
}
