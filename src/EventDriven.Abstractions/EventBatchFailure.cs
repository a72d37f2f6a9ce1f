namespace EventDriven;

/// <summary>One event of a batch that was not produced, or of which it is not known whether it was.</summary>
public readonly struct EventBatchFailure
{
    internal EventBatchFailure(int index, Exception error)
    {
        Index = index;
        Error = error;
    }

    /// <summary>The place of the event in the batch, from 0.</summary>
    public int Index { get; }

    /// <summary>Why: an <see cref="EventProduceException"/>, or what a middleware of the producer threw.</summary>
    public Exception Error { get; }
}
