using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Pipeline;

/// <summary>The token of an attempt that has more than one reason to fire: the partition's, a named Polly pipeline's, and the attempt's own time limit.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "End disposes the source.")]
internal sealed class AttemptCancellation
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _partition;
    private readonly CancellationToken _strategy;
    private readonly CancellationTokenRegistration _partitionLink;
    private readonly CancellationTokenRegistration _strategyLink;

    public AttemptCancellation(TimeSpan? limit, TimeProvider time, CancellationToken partition, CancellationToken strategy)
    {
        _source = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, time);
        _partition = partition;
        _strategy = strategy;
        _partitionLink = partition.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _strategyLink = strategy.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the token has fired because the time was over.</summary>
    public bool HasTimedOut => _source.IsCancellationRequested && !_partition.IsCancellationRequested && !_strategy.IsCancellationRequested;

    /// <summary>Ends the attempt's time.</summary>
    /// <returns>Whether the token fired because the time was over.</returns>
    public bool End()
    {
        var timedOut = HasTimedOut;

        // Without waiting: a callback that runs right now may be what brought the attempt here. The source is then left to the garbage collector,
        // since it must not be disposed under a running Cancel.
        var partitionUnlinked = _partitionLink.Unregister() || !_partition.CanBeCanceled;
        var strategyUnlinked = _strategyLink.Unregister() || !_strategy.CanBeCanceled;
        if (partitionUnlinked && strategyUnlinked)
        {
            _source.Dispose();
        }

        return timedOut;
    }
}
