using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>The poll thread: client after client, until the consumer has ended.</content>
internal sealed partial class EventConsumer
{
    private void Run(ConsumerRun run)
    {
        var protocol = _settings.Options.GroupProtocol == ConsumerGroupProtocol.Classic ? ConsumerGroupProtocol.Classic : ConsumerGroupProtocol.Consumer;
        var pause = FirstRestartPause;
        var told = "";
        long? refusedSince = null;
        while (true)
        {
            var started = _time.GetTimestamp();
            var end = RunClient(run, protocol);
            if (end is null || run.IsStopping)
            {
                Complete(run, null);
                return;
            }

            if (end.Reason == ConsumerEndReason.UnsupportedProtocol && _settings.Options.GroupProtocol == ConsumerGroupProtocol.Auto
                && protocol == ConsumerGroupProtocol.Consumer)
            {
                protocol = ConsumerGroupProtocol.Classic;
                LogClassic(Name, end.Message);
                continue;
            }

            Volatile.Write(ref _lastEnd, end);

            // A client that ran for a while starts again soon; one that fails at once does not do so in a loop.
            var ranForAWhile = _time.GetElapsedTime(started) > LongestRestartPause;
            pause = ranForAWhile ? FirstRestartPause : pause;
            refusedSince = end.Reason == ConsumerEndReason.InstanceInUse ? refusedSince ?? started : null;
            if (_settings.Options.OnFatalError != FatalErrorAction.Restart || !MayStartAgain(end.Reason, refusedSince))
            {
                LogEnded(Name, end.Message);
                Complete(run, end);
                return;
            }

            // Who waits for the place of a process that crashed takes it soon after it is free.
            var longest = refusedSince is null ? LongestRestartPause : LongestInstancePause;
            pause = pause < longest ? pause : longest;
            if (ranForAWhile || told != end.Message)
            {
                LogRestarting(Name, end.Message, pause);
            }
            else
            {
                LogRestartingAgain(Name, pause);
            }

            told = end.Message;
            if (run.WaitForStop(pause, _time))
            {
                Complete(run, null);
                return;
            }

            pause = pause * 2 < longest ? pause * 2 : longest;
        }
    }

    private bool MayStartAgain(ConsumerEndReason reason, long? refusedSince) => reason switch
    {
        ConsumerEndReason.FatalError => true,
        ConsumerEndReason.InstanceInUse => _time.GetElapsedTime(refusedSince!.Value) < LongestSession,
        _ => false,
    };

    /// <summary>Runs one client instance to its end.</summary>
    /// <returns>Why it ended by itself; null where it was stopped.</returns>
    private ConsumerEnd? RunClient(ConsumerRun run, ConsumerGroupProtocol protocol)
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

        var parking = _parking?.Invoke();
        using var loop = new ConsumerLoop(_settings, source, _queue, _drain, _lingering, _time, _logger, _telemetry, parking) { IsHeld = IsHeld, PrepareTopics = PrepareTopics };
        var transactions = _transactions?.Invoke(source, loop);
        if (transactions is not null)
        {
            loop.Use(transactions);
            transactions.Start();
        }

        lock (_gate)
        {
            if (run.Stop is { } stop)
            {
                loop.RequestStop(stop.Drain);
            }

            if (_paused)
            {
                loop.Post(running => running.SetPaused(true));
            }

            foreach (var partition in _pausedPartitions)
            {
                loop.Post(running => running.SetPaused(partition, true));
            }

            _loop = loop;
        }

        var end = RunLoop(run, loop);
        lock (_gate)
        {
            _loop = null;
            _finishedBefore += loop.FinishedBefore;
            _expiredBefore += loop.Expired;
            foreach (var seek in _seeks)
            {
                seek.TrySetException(NotSought("a partition"));
            }

            _seeks.Clear();
        }

        Close(run, source, parking, transactions);
        return end;
    }

    /// <summary>Runs the loop to its end, and ends its assignments.</summary>
    /// <returns>Why it ended by itself; null where it was stopped.</returns>
    private ConsumerEnd? RunLoop(ConsumerRun run, ConsumerLoop loop)
    {
        try
        {
            var started = _time.GetTimestamp();
            loop.Start();
            while (loop.End is null && !loop.IsStopComplete)
            {
                loop.Step();
                if (Volatile.Read(ref _lastEnd) is not null && (loop.HasWorked || _time.GetElapsedTime(started) > SettledAfter))
                {
                    Volatile.Write(ref _lastEnd, null);
                    LogWorksAgain(Name);
                }

                _waiters.Look(GetSnapshot);
            }

            // Who still has a place in the group may let end what runs.
            if (loop.End is { KeepsPlace: true })
            {
                loop.RequestStop(_settings.Options.DrainTimeout);
                while (!loop.IsStopComplete)
                {
                    loop.Step();
                }
            }

            var cancelled = loop.FinishStop((run.Stop?.Close ?? LongestClose) / 2);
            if (cancelled > 0)
            {
                LogCancelled(Name, cancelled);
            }

            return loop.End;
        }
#pragma warning disable CA1031 // Whatever it is, other consumers of the host have nothing to do with it.
        catch (Exception unforeseen)
#pragma warning restore CA1031
        {
            // What the loop knows can't be trusted any more, what was committed can: another client goes on from there (I1).
            LogUnforeseen(unforeseen, Name);
            loop.Abandon();
            return unforeseen is OutOfMemoryException
                ? new ConsumerEnd(ConsumerEndReason.ProcessInTrouble, $"{unforeseen.GetType()} on its own thread: the process is in trouble. Restart it, with more memory.")
                : new ConsumerEnd(ConsumerEndReason.FatalError, $"{unforeseen.GetType()} on its own thread, which nobody foresaw; the log has it");
        }
    }

    /// <summary>Closes the client on a thread that is abandoned when its time is over: with a frozen broker neither close nor dispose may return.</summary>
    private void Close(ConsumerRun run, IRecordSource source, ParkingSettings? parking, ConsumerTransactions? transactions)
    {
        transactions?.Stop();
        using var closed = new ManualResetEventSlim();
        var logs = parking?.Logs.DisposeAsync();
        var thread = new Thread(() =>
        {
            source.Close();
            source.Dispose();
            logs?.AsTask().Wait();
            transactions?.Ended.Wait();
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
            budget = run.Stop?.Close ?? budget;
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

    private void Complete(ConsumerRun run, ConsumerEnd? end)
    {
        bool startsAgain;
        lock (_gate)
        {
            // What has failed before a stop is over with it.
            Volatile.Write(ref _lastEnd, end);
            run.Complete(end);
            startsAgain = run.IsToStartAgain;
        }

        _waiters.Look(GetSnapshot);
        if (end is not null)
        {
            OnEnded?.Invoke(end);
        }

        if (startsAgain)
        {
            Start();
        }
    }

    [LoggerMessage(140, LogLevel.Information, "Consumer '{Consumer}' goes on with the classic group protocol: {Reason}")]
    private partial void LogClassic(string consumer, string reason);

    [LoggerMessage(141, LogLevel.Error, "Consumer '{Consumer}' has ended: {Reason}")]
    private partial void LogEnded(string consumer, string reason);

    [LoggerMessage(142, LogLevel.Error, "Consumer '{Consumer}' can't go on: {Reason}. It starts again with a new client in {Pause}.")]
    private partial void LogRestarting(string consumer, string reason, TimeSpan pause);

    [LoggerMessage(146, LogLevel.Debug, "Consumer '{Consumer}' can't go on, for the same reason as before. It starts again with a new client in {Pause}.")]
    private partial void LogRestartingAgain(string consumer, TimeSpan pause);

    [LoggerMessage(147, LogLevel.Information, "Consumer '{Consumer}' works again.")]
    private partial void LogWorksAgain(string consumer);

    [LoggerMessage(148, LogLevel.Critical, "Consumer '{Consumer}' has failed in a way nobody foresaw. Nothing more is committed of what it holds, and it is delivered again. Unless the process lacks memory, please report this.")]
    private partial void LogUnforeseen(Exception exception, string consumer);

    [LoggerMessage(143, LogLevel.Warning, "Consumer '{Consumer}' cancelled {Count} event(s) whose handlers had not ended when the drain time was over. They are not committed and will be delivered again.")]
    private partial void LogCancelled(string consumer, int count);

    [LoggerMessage(144, LogLevel.Warning, "Consumer '{Consumer}': closing the client took longer than {Budget} and was abandoned; the group notices when the session times out.")]
    private partial void LogCloseAbandoned(string consumer, TimeSpan budget);

    [LoggerMessage(145, LogLevel.Warning, "Consumer '{Consumer}' did not stop within {Budget} and was abandoned. What was not committed will be delivered again.")]
    private partial void LogAbandoned(string consumer, TimeSpan budget);
}
