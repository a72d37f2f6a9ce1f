using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// One consumer of the host, from start to stop: owns the poll thread, makes a client instance and, where that can't go on, another one.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The event is waited for by the poll thread, which may outlive a stop; without a wait handle it holds nothing.")]
internal sealed partial class EventConsumer
{
    private static readonly TimeSpan FirstRestartPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRestartPause = TimeSpan.FromMinutes(1);

    /// <summary>The part of a stop's time that is kept for leaving the group.</summary>
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(5);

    private readonly ConsumerSettings _settings;
    private readonly IRecordSourceFactory _sources;
    private readonly ILaneQueue _queue;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConsumerTelemetry? _telemetry;
    private readonly DrainSignal _drain;
    private readonly LingeringAssignments _lingering = new();
    private readonly ConsumerWaiters _waiters = new();
    private readonly TaskCompletionSource<ConsumerEnd?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stopRequested = new();
    private readonly Lock _gate = new();
    private ConsumerLoop? _loop;
    private StopTimes? _stop;
    private ConsumerEnd? _lastEnd;
    private long _finishedBefore;
    private long _expiredBefore;
    private bool _paused;
    private bool _started;

    public EventConsumer(ConsumerSettings settings, IRecordSourceFactory sources, ILaneQueue queue, TimeProvider time, ILogger logger, ConsumerTelemetry? telemetry = null)
    {
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

    /// <summary>Ends when the consumer has: with null after a stop, else with why it ended by itself. Never faults.</summary>
    public Task<ConsumerEnd?> Completion => _completion.Task;

    public void Start()
    {
        lock (_gate)
        {
            if (_started)
            {
                return;
            }

            _started = true;
        }

        new Thread(Run) { IsBackground = true, Name = $"EventDriven {Name}" }.Start();
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
        lock (_gate)
        {
            _stop ??= new StopTimes(drain, close);
            _loop?.RequestStop(drain);
            _stopRequested.Set();
            if (!_started)
            {
                _started = true;
                _completion.TrySetResult(null);
            }
        }

        try
        {
            await _completion.Task.WaitAsync(budget, _time).ConfigureAwait(false);
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

    /// <summary>Pauses or resumes every partition.</summary>
    public void SetPaused(bool paused)
    {
        lock (_gate)
        {
            _paused = paused;
            _loop?.Post(loop => loop.SetPaused(paused));
        }
    }

    /// <summary>Reads a partition from another offset on.</summary>
    public void Seek(PartitionId partition, long offset) => Post(loop => loop.Seek(partition, offset));

    /// <summary>The state of the consumer at this moment. Thread-safe.</summary>
    public ConsumerSnapshot GetSnapshot()
    {
        ConsumerLoop? loop;
        lock (_gate)
        {
            loop = _loop;
        }

        var assignments = loop?.GetSnapshots() ?? [];
        var finished = Volatile.Read(ref _finishedBefore) + (loop?.FinishedBefore ?? 0);
        foreach (var assignment in assignments)
        {
            finished += assignment.Finished;
        }

        return new ConsumerSnapshot
        {
            IsStarted = _started,
            IsRunning = loop is not null && !_completion.Task.IsCompleted,
            IsPaused = _paused,
            IsStopping = _stopRequested.IsSet,
            IsCompleted = _completion.Task.IsCompleted,
            Assignments = assignments,
            Committed = loop?.Committed.ToDictionary() ?? [],
            Finished = finished,
            Expired = Volatile.Read(ref _expiredBefore) + (loop?.Expired ?? 0),
            LastError = loop?.LastError,
            ErrorSince = loop?.LastError is null ? null : loop.ErrorSince,
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

    private void Run()
    {
        var protocol = _settings.Options.GroupProtocol == ConsumerGroupProtocol.Classic ? ConsumerGroupProtocol.Classic : ConsumerGroupProtocol.Consumer;
        var pause = FirstRestartPause;
        while (true)
        {
            var started = _time.GetTimestamp();
            var end = RunClient(protocol);
            if (end is null || _stopRequested.IsSet)
            {
                Complete(null);
                return;
            }

            Volatile.Write(ref _lastEnd, end);
            if (end.Reason == ConsumerEndReason.UnsupportedProtocol && _settings.Options.GroupProtocol == ConsumerGroupProtocol.Auto
                && protocol == ConsumerGroupProtocol.Consumer)
            {
                protocol = ConsumerGroupProtocol.Classic;
                LogClassic(Name);
                continue;
            }

            if (end.Reason != ConsumerEndReason.FatalError || _settings.Options.OnFatalError != FatalErrorAction.Restart)
            {
                LogEnded(Name, end.Message);
                Complete(end);
                return;
            }

            // A client that ran for a while starts again soon; one that fails at once does not do so in a loop.
            pause = _time.GetElapsedTime(started) > LongestRestartPause ? FirstRestartPause : pause;
            LogRestarting(Name, end.Message, pause);
            if (_stopRequested.Wait(pause))
            {
                Complete(null);
                return;
            }

            pause = pause * 2 < LongestRestartPause ? pause * 2 : LongestRestartPause;
        }
    }

    /// <summary>Runs one client instance to its end.</summary>
    /// <returns>Why it ended by itself; null where it was stopped.</returns>
    private ConsumerEnd? RunClient(ConsumerGroupProtocol protocol)
    {
        IRecordSource source;
        try
        {
            source = _sources.Create(protocol);
        }
        catch (RecordSourceException exception)
        {
            return new ConsumerEnd(ConsumerEndReason.FatalError, exception.Error.Reason);
        }

        using var loop = new ConsumerLoop(_settings, source, _queue, _drain, _lingering, _time, _logger, _telemetry);
        lock (_gate)
        {
            if (_stop is { } stop)
            {
                loop.RequestStop(stop.Drain);
            }

            if (_paused)
            {
                loop.Post(running => running.SetPaused(true));
            }

            _loop = loop;
        }

        loop.Start();
        while (loop.End is null && !loop.IsStopComplete)
        {
            loop.Step();
            if (loop.HasWorked)
            {
                Volatile.Write(ref _lastEnd, null);
            }

            _waiters.Look(GetSnapshot);
        }

        // What ends by itself for a reason of ours still has a place in the group: what runs may end.
        if (loop.End is { Reason: not (ConsumerEndReason.FatalError or ConsumerEndReason.UnsupportedProtocol) })
        {
            loop.RequestStop(_settings.Options.DrainTimeout);
            while (!loop.IsStopComplete)
            {
                loop.Step();
            }
        }

        var cancelled = loop.FinishStop();
        if (cancelled > 0)
        {
            LogCancelled(Name, cancelled);
        }

        lock (_gate)
        {
            _loop = null;
            _finishedBefore += loop.FinishedBefore;
            _expiredBefore += loop.Expired;
        }

        Close(source);
        return loop.End;
    }

    /// <summary>Closes the client on a thread that is abandoned when its time is over: with a frozen broker neither close nor dispose may return.</summary>
    private void Close(IRecordSource source)
    {
        using var closed = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            source.Close();
            source.Dispose();
            SetUnlessDisposed(closed);
        })
        {
            IsBackground = true,
            Name = $"EventDriven {Name} close",
        };
        thread.Start();
        var budget = LongestClose;
        lock (_gate)
        {
            budget = _stop?.Close ?? budget;
        }

        if (!closed.Wait(budget))
        {
            LogCloseAbandoned(Name, budget);
        }
    }

    private static void SetUnlessDisposed(ManualResetEventSlim closed)
    {
        try
        {
            closed.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more: the close was abandoned and has ended after all.
        }
    }

    private void Complete(ConsumerEnd? end)
    {
        _completion.TrySetResult(end);
        _waiters.Look(GetSnapshot);
    }

    private sealed record StopTimes(TimeSpan Drain, TimeSpan Close);

    [LoggerMessage(140, LogLevel.Information, "Consumer '{Consumer}': the broker does not have the group protocol of KIP-848; going on with the classic protocol.")]
    private partial void LogClassic(string consumer);

    [LoggerMessage(141, LogLevel.Error, "Consumer '{Consumer}' has ended: {Reason}")]
    private partial void LogEnded(string consumer, string reason);

    [LoggerMessage(142, LogLevel.Error, "Consumer '{Consumer}' can't go on: {Reason}. It starts again with a new client in {Pause}.")]
    private partial void LogRestarting(string consumer, string reason, TimeSpan pause);

    [LoggerMessage(143, LogLevel.Warning, "Consumer '{Consumer}' cancelled {Count} event(s) whose handlers had not ended when the drain time was over. They are not committed and will be delivered again.")]
    private partial void LogCancelled(string consumer, int count);

    [LoggerMessage(144, LogLevel.Warning, "Consumer '{Consumer}': closing the client took longer than {Budget} and was abandoned; the group notices when the session times out.")]
    private partial void LogCloseAbandoned(string consumer, TimeSpan budget);

    [LoggerMessage(145, LogLevel.Warning, "Consumer '{Consumer}' did not stop within {Budget} and was abandoned. What was not committed will be delivered again.")]
    private partial void LogAbandoned(string consumer, TimeSpan budget);
}
