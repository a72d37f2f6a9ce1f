using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Transactions;

/// <content>What others ask of the thread.</content>
internal sealed partial class ConsumerTransactions
{
    /// <summary>An event is finished. Called by workers; costs an increment.</summary>
    public void NoteFinished()
    {
        var finished = Interlocked.Increment(ref _finished);
        if (finished % Burst == 0 || finished == _commitAfter) Wake();
    }

    /// <summary>Commits what is finished, soon. Thread-safe.</summary>
    public void CommitSoon() => Request(new Flush([], null));

    /// <summary>
    /// Has what is finished of these assignments committed, for the last time: nothing more is taken from them. For the poll thread, inside a revocation or at a stop; it waits for no
    /// longer than the budget, and what is not committed by then is either never, since brokers know the member by its generation, or before the next owner is told where to start.
    /// </summary>
    /// <returns>Whether it has ended within the budget, committed or not.</returns>
    public bool End(IReadOnlyCollection<PartitionAssignment> leaving, TimeSpan budget)
    {
        var flush = new Flush(leaving, null);
        Request(flush);
        return _thread.Wait(() => flush.HasEnded, budget);
    }

    /// <summary>Runs something while no transaction is open, so that what it commits is not overtaken by an older position in one. Thread-safe.</summary>
    public async Task RunBetweenAsync(Func<Task> action)
    {
        while (!_ended.Task.IsCompleted)
        {
            var flush = new Flush([], action);
            Request(flush);
            await flush.Ended.Task.ConfigureAwait(false);
            if (flush.Result is not { } result) continue;

            await result.ConfigureAwait(false);
            return;
        }

        throw new OperationCanceledException();
    }

    private void Request(Flush flush)
    {
        lock (_gate)
        {
            if (!_ended.Task.IsCompleted)
            {
                _flushes.Add(flush);
                _isLeaving |= flush.Leaving.Count > 0;
                Wake();
                return;
            }
        }

        Settle(flush);
    }

    private void Wake()
    {
        _isAwaited = true;
        _thread.Wake();
    }

    private void Settle(Flush flush)
    {
        flush.Ended.TrySetResult();
        _thread.Wake();
    }

    /// <summary>Runs what is to be done between two transactions; a stop does not wait for it.</summary>
    private void RunAction(Flush flush)
    {
        if (flush.Action is not { } action) return;

        var running = flush.Result = action();
        _ = running.ContinueWith(_ => _thread.Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!_thread.Wait(() => _stopping || running.IsCompleted, LongestWait))
        {
        }
    }

    /// <param name="Leaving">From these nothing is taken afterwards.</param>
    /// <param name="Action">What is to run when the transaction has ended; null where nothing is.</param>
    private sealed record Flush(IReadOnlyCollection<PartitionAssignment> Leaving, Func<Task>? Action)
    {
        // Who goes on behind it does so at once, and posts to the poll thread.
        public TaskCompletionSource Ended { get; } = new();

        public bool HasEnded => Ended.Task.IsCompleted;

        /// <summary>What the action has come to; null where it did not run.</summary>
        public Task? Result { get; set; }
    }
}
