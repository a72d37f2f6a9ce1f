using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>Seeks, as a user asks for them.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>Whether a partition can be sought now: it is assigned, and the consumer goes on.</summary>
    public bool CanSeek(PartitionId id) => !_stopping && End is null && _assignments.ContainsKey(id);

    /// <summary>
    /// Reads a partition from another offset on, once it is known that its log holds that offset, or else from the end of the log that is nearest to it.
    /// </summary>
    /// <param name="id">The partition.</param>
    /// <param name="offset">The offset of the next event to handle.</param>
    /// <param name="done">Told when the broker has acknowledged the new position, or why it did not come to that.</param>
    public void SeekWithinLog(PartitionId id, long offset, TaskCompletionSource done)
    {
        if (RefuseSeek(id, done))
        {
            return;
        }

        _ = SeekWithinLogAsync(id, offset, done);
    }

    /// <summary>Reads a partition from another offset on, in a new epoch: what is in handlers of it is cancelled, what is buffered of it is dropped.</summary>
    public void Seek(PartitionId id, long offset, TaskCompletionSource done)
    {
        if (RefuseSeek(id, done))
        {
            return;
        }

        Reopen(_assignments[id], new Position(offset, -1), done);
    }

    private async Task SeekWithinLogAsync(PartitionId id, long offset, TaskCompletionSource done)
    {
        try
        {
            // A commit for an offset that the log does not hold would send the next owner to the oldest record.
            var (oldest, end) = await _source.LookUpBoundsAsync(id).ConfigureAwait(false);
            Post(loop => loop.Seek(id, Math.Clamp(offset, oldest, end), done));
        }
        catch (RecordSourceException exception)
        {
            done.TrySetException(new InvalidOperationException(
                $"The seek on {id} was not done: the broker did not tell what the partition holds ({exception.Error.Code}: {exception.Error.Reason.TrimEnd('.')}).", exception));
        }
        catch (OperationCanceledException)
        {
            // The client is closing: whoever holds the loop tells all seeks that are left.
        }
    }

    private bool RefuseSeek(PartitionId id, TaskCompletionSource done)
    {
        if (CanSeek(id))
        {
            return false;
        }

        done.TrySetException(new InvalidOperationException(_assignments.ContainsKey(id)
            ? $"The seek on {id} was not done: consumer '{_settings.Name}' is stopping."
            : $"The seek on {id} was not done: the partition is not assigned to consumer '{_settings.Name}' in this process now."));
        return true;
    }
}
