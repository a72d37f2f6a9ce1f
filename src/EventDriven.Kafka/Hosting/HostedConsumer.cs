using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Health;

namespace EventDriven.Kafka.Hosting;

/// <summary>One consumer of the host over its whole life: before its engine exists, while it waits for the cluster, while it runs, and after.</summary>
internal sealed class HostedConsumer(
    ConsumerRegistration registration, ConsumerSettingsComposer composer, IEventConsumerRunnerFactory runners, HostStopper stopper) : IEventConsumerControl
{
    private readonly Lock _gate = new();
    private IEventConsumerRunner? _runner;
    private ConsumerState _stateWithoutRun = ConsumerState.Starting;
    private string? _waitsFor;
    private bool _isStarted;
    private bool _isPaused;

    public string Name => registration.Name;

    public string Subject => registration.Subject;

    public ConsumerState State => Status.State;

    /// <summary>The settings it runs on; null before <see cref="Prepare"/>.</summary>
    public ConsumerSettings? Settings { get; private set; }

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
                return _isStarted ? _runner!.Status : new ConsumerStatus { State = _stateWithoutRun, Reason = _waitsFor, IsPaused = _isPaused };
            }
        }
    }

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
            _runner = runner;
            if (_isPaused) runner.Pause();
        }
    }

    /// <summary>Notes what keeps it from starting.</summary>
    public void WaitFor(string problems)
    {
        lock (_gate)
        {
            if (_isStarted || _stateWithoutRun == ConsumerState.Stopped) return;

            _stateWithoutRun = ConsumerState.WaitingForCluster;
            _waitsFor = problems;
        }
    }

    /// <summary>Starts the engine, unless it has been started or stopped before.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_isStarted || _runner is null || _stateWithoutRun == ConsumerState.Stopped) return;

            _isStarted = true;
            _runner.Start();
        }
    }

    public Task StopAsync(TimeSpan budget)
    {
        lock (_gate)
        {
            // One that never ran is not started any more; its engine says so to those who wait for it.
            _stateWithoutRun = ConsumerState.Stopped;
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
}
