using System.Threading.Tasks.Sources;

namespace EventDriven.Kafka.Pipeline;

/// <summary>One event of a batch on its way through the pipeline and back. Used again.</summary>
internal sealed class BatchEntry(EventContextHost host) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _batch;
    private TaskCompletionSource? _joining;
    private int _hasJoined;

    public EventContext Context { get; } = new(host);

    /// <summary>Whether it has set out: nothing behind an event of its lane that has not come through does.</summary>
    public bool HasEntered { get; set; }

    /// <summary>Its place among the joined events; -1 where it is not one of them.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Its way through middleware and deserialization, which with middleware ends only after the batch was handled.</summary>
    public Task Way { get; set; } = Task.CompletedTask;

    /// <summary>How the way ended, where that was not well.</summary>
    public Exception? Error { get; set; }

    public bool HasJoined => Volatile.Read(ref _hasJoined) != 0;

    /// <summary>Notes that it has come as far as the handler.</summary>
    public void Join()
    {
        Interlocked.Exchange(ref _hasJoined, 1);
        Volatile.Read(ref _joining)?.TrySetResult();
    }

    /// <summary>Ends when it has come as far as the handler.</summary>
    public Task WhenJoined()
    {
        var joining = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _joining, joining);
        if (HasJoined)
        {
            joining.TrySetResult();
        }

        return joining.Task;
    }

    /// <summary>Ends when the batch was handled.</summary>
    public ValueTask WhenHandled() => new(this, _batch.Version);

    /// <summary>Lets the middleware go on, with the batch's exception or without one.</summary>
    public void GoBack(Exception? error)
    {
        if (error is null)
        {
            _batch.SetResult(true);
        }
        else
        {
            _batch.SetException(error);
        }
    }

    public void Clear()
    {
        Context.Detach();
        HasEntered = false;
        Place = -1;
        Way = Task.CompletedTask;
        Error = null;
        _joining = null;
        _hasJoined = 0;
        _batch.Reset();
    }

    void IValueTaskSource.GetResult(short token) => _batch.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _batch.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _batch.OnCompleted(continuation, state, token, flags);
}
