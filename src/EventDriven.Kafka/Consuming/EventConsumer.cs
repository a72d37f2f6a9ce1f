using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// One consumer of the host, from start to stop, and perhaps to another start: owns the poll thread, makes a client instance and, where that can't go on, another one.
/// </summary>
internal sealed partial class EventConsumer
{
    private static readonly TimeSpan FirstRestartPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRestartPause = TimeSpan.FromMinutes(1);

    /// <summary>A client that has nothing to read counts as working when it has run for this long.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long an instance id may be refused before it counts as taken: longer than any session of a process that crashed, where brokers keep their defaults.</summary>
    private static readonly TimeSpan LongestSession = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LongestInstancePause = TimeSpan.FromSeconds(5);

    /// <summary>The part of a stop's time that is kept for leaving the group.</summary>
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(5);

    private readonly ConsumerSettings _settings;
    private readonly IRecordSourceFactory _sources;
    private readonly ILaneQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConsumerTelemetry? _telemetry;
    private readonly Func<ParkingSettings>? _parking;
    private readonly Func<IRecordSource, ConsumerLoop, ConsumerTransactions>? _transactions;
    private readonly DrainSignal _drain;
    private readonly LingeringAssignments _lingering = new();
    private readonly ConsumerWaiters _waiters = new();
    private readonly HashSet<PartitionId> _pausedPartitions = [];
    private readonly HashSet<TaskCompletionSource> _seeks = [];
    private readonly Lock _gate = new();
    private ConsumerRun _run = new();
    private ConsumerLoop? _loop;
    private ConsumerEnd? _lastEnd;
    private long _finishedBefore;
    private long _expiredBefore;
    private bool _paused;

    public EventConsumer(
        ConsumerSettings settings,
        IRecordSourceFactory sources,
        ILaneQueue queue,
        TimeProvider time,
        ILogger logger,
        ConsumerTelemetry? telemetry = null,
        Func<ParkingSettings>? parking = null,
        Func<IRecordSource, ConsumerLoop, ConsumerTransactions>? transactions = null)
    {
        _transactions = transactions;
        _parking = parking;
        _settings = settings;
        _sources = sources;
        _queue = queue;
        _time = time;
        _logger = logger;
        _telemetry = telemetry;
        _drain = new DrainSignal(time);
    }

    public string Name => _settings.Name;

    public ConsumerSettings Settings => _settings;

    /// <summary>Ends when the consumer has: with null after a stop, else with why it ended by itself. Never faults. After another start it is another task.</summary>
    public Task<ConsumerEnd?> Completion => Volatile.Read(ref _run).Completion;

    /// <summary>Called, on the poll thread, each time the consumer has ended by itself. Set before the start.</summary>
    public Action<ConsumerEnd>? OnEnded { get; set; }

    /// <inheritdoc cref="ConsumerLoop.PrepareTopics"/>
    public Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyDictionary<string, string>>>? PrepareTopics { get; init; }

    /// <summary>Whether an event is held, which is not being stuck. Set before the start.</summary>
    public Func<PartitionId, long, bool>? IsHeld { get; init; }

    /// <summary>Starts the consumer, or starts it again once it has ended: one that is stopping, when it has stopped. Does nothing while it runs.</summary>
    public void Start()
    {
        ConsumerRun run;
        lock (_gate)
        {
            if (_run is { IsStopping: true, Completion.IsCompleted: false })
            {
                _run.IsToStartAgain = true;
                return;
            }

            if (_run.Completion.IsCompleted)
            {
                Volatile.Write(ref _run, new ConsumerRun());
                Volatile.Write(ref _lastEnd, null);
            }

            run = _run;
            if (run.IsStarted)
            {
                return;
            }

            run.IsStarted = true;
        }

        new Thread(() => Run(run)) { IsBackground = true, Name = $"EventDriven {Name}" }.Start();
    }

    /// <summary>
    /// Stops: running handlers may end, what is finished is committed, the group is left. Returns within the budget, whatever handlers or brokers do;
    /// what has not ended by then is abandoned and not committed.
    /// </summary>
    /// <returns>Whether everything ended within the budget.</returns>
    public async Task<bool> StopAsync(TimeSpan budget)
    {
        var close = budget / 4 < LongestClose ? budget / 4 : LongestClose;
        var drain = budget - close < _settings.Options.DrainTimeout ? budget - close : _settings.Options.DrainTimeout;
        ConsumerRun run;
        lock (_gate)
        {
            run = _run;
            run.RequestStop(drain, close);
            run.IsToStartAgain = false;
            _loop?.RequestStop(drain);
            if (!run.IsStarted)
            {
                run.IsStarted = true;
                run.Complete(null);
            }
        }

        try
        {
            await run.Completion.WaitAsync(budget, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            LogAbandoned(Name, budget);
            return false;
        }
    }

    /// <summary>Lets stopped partitions try again, from the event that failed.</summary>
    public void Retry() => Post(loop => loop.Retry());

    /// <summary>Commits what is finished now instead of at the next interval.</summary>
    public void CommitSoon() => Post(loop => loop.StorePositions());

    /// <summary>Pauses or resumes every partition.</summary>
    public void SetPaused(bool paused)
    {
        lock (_gate)
        {
            _paused = paused;
            _loop?.Post(loop => loop.SetPaused(paused));
        }
    }

    /// <summary>Pauses or resumes one partition, whether it is assigned now or later.</summary>
    public void SetPaused(PartitionId partition, bool paused)
    {
        lock (_gate)
        {
            if (paused ? _pausedPartitions.Add(partition) : _pausedPartitions.Remove(partition))
            {
                _loop?.Post(loop => loop.SetPaused(partition, paused));
            }
        }
    }

    /// <summary>Reads a partition from another offset on.</summary>
    /// <returns>A task that completes when the broker has acknowledged the new position.</returns>
    /// <exception cref="InvalidOperationException">By the task: the seek was not done, and why.</exception>
    public Task SeekAsync(PartitionId partition, long offset)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_loop is not { } loop || _run.IsStopping)
            {
                return Task.FromException(NotSought(partition.ToString()));
            }

            _seeks.RemoveWhere(static seek => seek.Task.IsCompleted);
            _seeks.Add(done);
            loop.Post(running => running.SeekWithinLog(partition, offset, done));
        }

        return done.Task;
    }

    /// <summary>The state of the consumer at this moment. Thread-safe.</summary>
    public ConsumerSnapshot GetSnapshot()
    {
        ConsumerLoop? loop;
        ConsumerRun run;
        lock (_gate)
        {
            loop = _loop;
            run = _run;
        }

        var assignments = loop?.GetSnapshots() ?? [];
        var finished = Volatile.Read(ref _finishedBefore) + (loop?.FinishedBefore ?? 0);
        foreach (var assignment in assignments)
        {
            finished += assignment.Finished;
        }

        return new ConsumerSnapshot
        {
            IsStarted = run.IsStarted,
            IsRunning = loop is not null && !run.Completion.IsCompleted,
            IsPaused = _paused,
            IsStopping = run.IsStopping,
            IsCompleted = run.Completion.IsCompleted,
            Assignments = assignments,
            Committed = loop?.Committed.ToDictionary() ?? [],
            Finished = finished,
            Expired = Volatile.Read(ref _expiredBefore) + (loop?.Expired ?? 0),
            LastError = loop?.LastError,
            ErrorSince = loop?.LastError is null ? null : loop.ErrorSince,
            Refused = loop?.Refused,
            Unmatched = loop?.Unmatched ?? [],
            Unprepared = loop?.Unprepared ?? new Dictionary<string, string>(),
            WaitsForTopics = loop?.WaitsForTopics == true,
            End = Volatile.Read(ref _lastEnd),
        };
    }

    /// <summary>Waits until a condition on the consumer's state holds; it is looked at after each turn of the poll thread.</summary>
    public Task WaitUntilAsync(Func<ConsumerSnapshot, bool> condition, CancellationToken cancellationToken) =>
        _waiters.WaitAsync(condition, GetSnapshot, cancellationToken);

    /// <summary>The offset after the newest record of a partition, as far as the client knows it. Thread-safe.</summary>
    public long? GetLogEnd(PartitionId partition)
    {
        lock (_gate)
        {
            return _loop?.GetLogEnd(partition);
        }
    }

    private void Post(Action<ConsumerLoop> command)
    {
        lock (_gate)
        {
            _loop?.Post(command);
        }
    }

    private InvalidOperationException NotSought(string partition) => new($"The seek on {partition} was not done: consumer '{Name}' is not running.");
}
