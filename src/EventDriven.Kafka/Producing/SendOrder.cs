namespace EventDriven.Kafka.Producing;

/// <summary>
/// Keeps the order of the calls of one producer where serialization has to wait (for a registry): the later call waits for the earlier one. Thread-safe.
/// </summary>
internal sealed class SendOrder
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private int _waiting;

    /// <summary>Whether no earlier call waits, so that one may go on at once.</summary>
    public bool IsFree => Volatile.Read(ref _waiting) == 0;

    /// <summary>Takes the place after all earlier calls; to be done before the call returns.</summary>
    public Turn Take()
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _waiting);
            var turn = new Turn(this, _last);
            _last = turn.Completion;
            return turn;
        }
    }

    internal sealed class Turn(SendOrder order, Task before)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _over;

        /// <summary>Completes when all earlier calls are in the client's queue, or failed.</summary>
        public Task Before => before;

        public Task Completion => _done.Task;

        /// <summary>This call needs its place no longer. Those behind it still wait for those before it. May be called again.</summary>
        public void Done()
        {
            if (Interlocked.Exchange(ref _over, 1) != 0) return;

            if (before.IsCompleted)
            {
                Leave();
            }
            else
            {
                before.ContinueWith(
                    static (_, turn) => ((Turn)turn!).Leave(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }

        private void Leave()
        {
            Interlocked.Decrement(ref order._waiting);
            _done.SetResult();
        }
    }
}
