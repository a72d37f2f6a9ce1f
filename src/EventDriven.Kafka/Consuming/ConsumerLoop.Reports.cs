using System.Collections.Concurrent;
using EventDriven.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>What the loop reports: errors once per change of state, stopped and stuck events once each.</content>
internal sealed partial class ConsumerLoop
{
    private readonly ClientErrors _errors;
    private SourceError? _refused;
    private bool _commitFailing;

    /// <summary>Whether an event is held, which is not being stuck: it goes on by itself.</summary>
    public Func<PartitionId, long, bool>? IsHeld { get; init; }

    /// <summary>The client's last error that has not passed yet. Thread-safe.</summary>
    public SourceError? LastError => _errors.Last;

    /// <summary>Since when the client has reported errors without a break; meaningful while <see cref="LastError"/> is not null.</summary>
    public DateTimeOffset ErrorSince => _errors.Since;

    /// <summary>Why the group does not take this member in; null once it does. Written by the poll thread; read by any.</summary>
    public SourceError? Refused
    {
        get => Volatile.Read(ref _refused);
        private set => Volatile.Write(ref _refused, value);
    }

    /// <summary>The positions that the broker has acknowledged to this client, by partition. Thread-safe.</summary>
    public ConcurrentDictionary<PartitionId, long> Committed { get; } = new();

    void IRecordListener.OnCommitted(PartitionId partition, Position position, SourceError? error)
    {
        NoteCommitted(partition, position, error);
        if (error is null)
        {
            Acknowledge(partition, position);
            if (_commitFailing)
            {
                _commitFailing = false;
                LogCommitsAgain(_settings.Name);
            }
        }
        else if (!_commitFailing && !(Committed.TryGetValue(partition, out var accepted) && accepted == position.Offset))
        {
            // The client commits again by itself; the position counts as committed only when the broker says so.
            _commitFailing = true;
            LogCommitFailed(_settings.Name, partition.Topic, partition.Partition, position.Offset, error.Code, error.Reason);
        }
    }

    /// <summary>The broker has accepted a position.</summary>
    private void Acknowledge(PartitionId partition, Position position)
    {
        Committed[partition] = position.Offset;
        if (_assignments.TryGetValue(partition, out var assignment))
        {
            assignment.Acknowledged = position.Offset;
            assignment.Parking?.OnCommitted(position.Offset);
        }
    }

    void IRecordListener.OnError(SourceError error)
    {
        _telemetry?.ClientFailed(error.Code);
        switch (error.Kind)
        {
            case SourceErrorKind.UnsupportedProtocol:
                End ??= new ConsumerEnd(ConsumerEndReason.UnsupportedProtocol, GroupErrors.Describe(error, _options));
                break;

            case SourceErrorKind.Fatal or SourceErrorKind.TopicRefused:
                End ??= new ConsumerEnd(ConsumerEndReason.FatalError, $"{error.Code}: {error.Reason}") { KeepsPlace = error.Kind == SourceErrorKind.TopicRefused };
                break;

            case SourceErrorKind.InstanceFenced:
                End ??= new ConsumerEnd(ConsumerEndReason.InstanceFenced, GroupErrors.Describe(error, _options));
                break;

            case SourceErrorKind.InstanceInUse:
                End ??= new ConsumerEnd(ConsumerEndReason.InstanceInUse, GroupErrors.Describe(error, _options));
                break;

            case SourceErrorKind.GroupRefused:
                // The client asks again by itself, until those whose place this is have gone.
                if (Refused?.Code != error.Code)
                {
                    Refused = error with { Reason = GroupErrors.Describe(error, _options) };
                    LogRefused(_settings.Name, Refused.Reason);
                }

                break;

            default:
                if (_errors.Note(error))
                {
                    LogClientError(_settings.Name, error.Code, error.Reason);
                }

                break;
        }
    }

    private void OnPartitionStopped(PartitionAssignment assignment, StoppedAt stopped)
    {
        LogStopped(stopped.Error, _settings.Name, assignment.Id.Topic, assignment.Id.Partition, stopped.Offset, stopped.Attempts);
        if (stopped.IsLethal)
        {
            Post(loop => loop.End ??= new ConsumerEnd(
                ConsumerEndReason.ProcessInTrouble,
                $"The event at {assignment.Id} offset {stopped.Offset} ended in {stopped.Error.GetType().FullName}: the process is in trouble. Restart it, with more memory where that is what it lacks."));
        }
    }

    private void ReportStuck(TimeSpan limit)
    {
        foreach (var assignment in _current)
        {
            var snapshot = assignment.GetSnapshot();
            if (snapshot.OldestRunning is not { } age || age < limit || snapshot.OldestRunningOffset is not { } offset
                || assignment.ReportedStuck == offset || IsHeld?.Invoke(assignment.Id, offset) == true)
            {
                continue;
            }

            assignment.ReportedStuck = offset;
            LogStuck(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, offset, age);
            if (_options.WhenStuck != StuckAction.Report)
            {
                End ??= new ConsumerEnd(
                    _options.WhenStuck == StuckAction.StopHost ? ConsumerEndReason.StuckStopHost : ConsumerEndReason.StuckLeaveGroup,
                    $"The event at {assignment.Id} offset {offset} has been in its handler for {age}, over the limit of {limit} ({nameof(EventConsumerOptions.StuckAfter)}).");
            }
        }
    }

    [LoggerMessage(100, LogLevel.Information, "Consumer '{Consumer}' was assigned {Partitions}.")]
    private partial void LogAssigned(string consumer, string partitions);

    [LoggerMessage(101, LogLevel.Information, "Consumer '{Consumer}' gave up {Partitions}; running handlers finished in time: {Drained}, after {Milliseconds:F0} ms.")]
    private partial void LogRevoked(string consumer, string partitions, bool drained, double milliseconds);

    [LoggerMessage(102, LogLevel.Warning, "Consumer '{Consumer}' lost {Partitions}: the group had given it up. What was running is cancelled and nothing of it is committed.")]
    private partial void LogLost(string consumer, string partitions);

    [LoggerMessage(103, LogLevel.Error, "Consumer '{Consumer}' stopped {Topic}[{Partition}] at offset {Offset} after {Attempts} attempt(s): the event failed and no further step is configured. Nothing past it is committed; other partitions go on. Restart, or call IEventConsumerControl.Retry, to try it again.")]
    private partial void LogStopped(Exception exception, string consumer, string topic, int partition, long offset, int attempts);

    [LoggerMessage(104, LogLevel.Error, "Consumer '{Consumer}': the event at {Topic}[{Partition}] offset {Offset} has been in its handler for {Age}.")]
    private partial void LogStuck(string consumer, string topic, int partition, long offset, TimeSpan age);

    [LoggerMessage(105, LogLevel.Error, "Consumer '{Consumer}': {Count} events of {Topic}[{Partition}] expired on the broker before they were read (expected offset {Expected}, found {Found}).")]
    private partial void LogExpired(string consumer, string topic, int partition, long count, long expected, long found);

    [LoggerMessage(106, LogLevel.Warning, "Consumer '{Consumer}': the log of {Topic}[{Partition}] went back to offset {Offset} after {LastReceived} was received (topic created again, or unclean leader election). Reading goes on there.")]
    private partial void LogWentBack(string consumer, string topic, int partition, long offset, long lastReceived);

    [LoggerMessage(107, LogLevel.Warning, "Consumer '{Consumer}' could not commit {Topic}[{Partition}] offset {Offset}: {Code}, {Reason}. It is tried again.")]
    private partial void LogCommitFailed(string consumer, string topic, int partition, long offset, string code, string reason);

    [LoggerMessage(108, LogLevel.Information, "Consumer '{Consumer}' commits again.")]
    private partial void LogCommitsAgain(string consumer);

    [LoggerMessage(109, LogLevel.Warning, "Consumer '{Consumer}' can't look up where {Partitions} start: {Code}, {Reason}. It is tried again.")]
    private partial void LogLookUpFailed(string consumer, string partitions, string code, string reason);

    [LoggerMessage(110, LogLevel.Warning, "Consumer '{Consumer}': the client reports {Code}, {Reason}. It goes on by itself.")]
    private partial void LogClientError(string consumer, string code, string reason);

    [LoggerMessage(115, LogLevel.Warning, "Consumer '{Consumer}' leaves its group before the last commits of {Count} partition(s) were accepted: a rebalance did not end within the drain time. What was handled since the ones before is delivered again if they are refused.")]
    private partial void LogLeavesUncommitted(string consumer, int count);

    [LoggerMessage(114, LogLevel.Error, "Consumer '{Consumer}' is not taken into its group: {Reason} It asks again by itself.")]
    private partial void LogRefused(string consumer, string reason);
}
