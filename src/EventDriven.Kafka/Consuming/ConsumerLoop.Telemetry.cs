using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Consuming;

/// <content>What the loop notes and tells for metrics; all of it on the poll thread.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>How exact the age of a position is.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConsumerTelemetry? _telemetry;
    private long _lastProgress;

    private void NoteProgress()
    {
        if (_time.GetElapsedTime(_lastProgress) < ProgressInterval)
        {
            return;
        }

        _lastProgress = _time.GetTimestamp();
        foreach (var assignment in _current)
        {
            assignment.NoteProgress();
        }
    }

    private void NoteStored(PartitionAssignment assignment, Position position)
    {
        if (_telemetry is { ObservesCommits: true })
        {
            assignment.StoredAt = _time.GetTimestamp();
            assignment.AwaitedCommit ??= (position.Offset, assignment.StoredAt);
        }
    }

    private void NoteCommitted(PartitionId partition, Position position, SourceError? error)
    {
        if (_telemetry is null || !_assignments.TryGetValue(partition, out var assignment)
            || assignment.AwaitedCommit is not { } awaited || position.Offset < awaited.Offset)
        {
            return;
        }

        _telemetry.Committed(_time.GetElapsedTime(awaited.Since), error?.Code);
        if (error is null)
        {
            assignment.AwaitedCommit = assignment.Stored is { } stored && stored.Offset > position.Offset ? (stored.Offset, assignment.StoredAt) : null;
        }
    }
}
