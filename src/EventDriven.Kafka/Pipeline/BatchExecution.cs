using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Pipeline;

/// <summary>
/// One attempt at a batch: each event in turn goes through middleware and deserialization, the handler gets those that have come through, then each goes back through
/// its middleware. One after the other throughout, so that they can share the services of the attempt. Pooled.
/// </summary>
internal sealed class BatchExecution
{
    private const int Nobody = -1;

    private readonly EventPipeline _pipeline;
    private readonly BatchContextHost _host;
    private readonly List<BatchEntry> _entries = [];
    private ProcessingTokens _tokens;
    private AttemptCancellation? _cancellation;
    private BatchEntry? _entering;

    public BatchExecution(BatchPipeline pipeline)
    {
        _pipeline = pipeline.Events;
        _host = new BatchContextHost(this, pipeline.Events.Host, pipeline.Scopes);
        Events = pipeline.Joint.NewEvents();
    }

    /// <summary>The events that have come as far as the handler.</summary>
    public JoinedEvents Events { get; }

    /// <summary>Makes the attempt, says of each event how it came out, and never faults.</summary>
    public async ValueTask RunAsync(EventBatch batch, ProcessingTokens tokens)
    {
        _tokens = tokens;
        _cancellation = _pipeline.AttemptTimeout is null ? null : new AttemptCancellation(_pipeline.AttemptTimeout, _pipeline.Time, tokens.Cancelled, CancellationToken.None);
        var token = _cancellation?.Token ?? tokens.Cancelled;
        await EnterAsync(batch, token).ConfigureAwait(false);
        var verdict = Events.Count == 0 ? new BatchVerdict(0, Nobody, null) : await HandleAsync(token).ConfigureAwait(false);
        await GoBackAsync(verdict).ConfigureAwait(false);
        verdict = await CloseScopeAsync(verdict, batch[0].Record).ConfigureAwait(false);
        Judge(batch, verdict);
        _cancellation?.End();
        Clear(batch.Count);
    }

    /// <summary>Takes an event in that has come as far as the handler.</summary>
    /// <returns>With middleware a task that ends when the batch was handled.</returns>
    public ValueTask JoinAsync(EventContext context)
    {
        var entry = _entering;
        if (entry is null || entry.Context != context)
        {
            throw new InvalidOperationException($"{PipelineSteps.Coordinates(context)} came to the handler after its batch had.");
        }

        entry.Place = Events.Count - 1;
        var handled = _pipeline.HasMiddleware ? entry.WhenHandled() : default;
        entry.Join();
        return handled;
    }

    /// <summary>Lets each event come as far as the handler, or to its own end.</summary>
    private async ValueTask EnterAsync(EventBatch batch, CancellationToken token)
    {
        Lane? cut = null;
        for (var i = 0; i < batch.Count; i++)
        {
            var entry = i < _entries.Count ? _entries[i] : NewEntry();
            if (batch[i].Lane == cut)
            {
                continue;
            }

            var record = batch[i].Record;
            EventExecution.Show(entry.Context, record);
            entry.Context.BeginAttempt((record.Origin?.Attempts ?? 0) + 1, token);
            entry.HasEntered = true;
            _entering = entry;
            await EnterAsync(entry).ConfigureAwait(false);
            _entering = null;
            if (entry.Error is not null)
            {
                // What comes behind it in its lane must not be handled before it has its outcome (I2).
                cut = batch[i].Lane;
            }
        }
    }

    private async ValueTask EnterAsync(BatchEntry entry)
    {
        try
        {
            var way = _pipeline.Chain(entry.Context);
            if (!_pipeline.HasMiddleware || way.IsCompleted)
            {
                await way.ConfigureAwait(false);
            }
            else
            {
                entry.Way = way.AsTask();
                if (!entry.HasJoined)
                {
                    await Task.WhenAny(entry.Way, entry.WhenJoined()).ConfigureAwait(false);
                }

                if (entry.Way.IsCompleted)
                {
                    await entry.Way.ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            entry.Error = AsTimeout(entry, exception);
        }

        if (_pipeline.HasMiddleware && entry.Place >= 0 && entry.Way.IsCompleted)
        {
            // The middleware did not wait for the handler, which has not been called: it must not be.
            Events.RemoveLast();
            entry.Place = Nobody;
        }

        if (entry.Place < 0 && !IsFiltered(entry))
        {
            entry.Error ??= _pipeline.NotHandled(entry.Context);
        }
    }

    private static bool IsFiltered(BatchEntry entry) => entry.Error is null && entry.Context is { IsFiltered: true, Progress: not HandlerProgress.Running };

    private async ValueTask<BatchVerdict> HandleAsync(CancellationToken token)
    {
        var count = Events.Count;
        try
        {
            await Events.HandleAsync(token).ConfigureAwait(false);
            return new BatchVerdict(count, Nobody, null);
        }
        catch (BatchFailedException exception) when (exception.Index >= 0 && exception.Index < count)
        {
            return new BatchVerdict(exception.Index, exception.Index, AsTimeout(EntryAt(exception.Index), exception.InnerException ?? exception));
        }
        catch (Exception exception)
        {
            // A batch of one needs no name, and what has befallen the process stops the partition at the first event.
            var guilty = count == 1 || _pipeline.Policy.Classifier.Classify(exception) is FailureClass.Lethal ? 0 : Nobody;
            return new BatchVerdict(0, guilty, AsTimeout(EntryAt(0), exception));
        }
    }

    /// <summary>Lets middleware go on behind the handler, one event after the other.</summary>
    private async ValueTask GoBackAsync(BatchVerdict verdict)
    {
        if (!_pipeline.HasMiddleware)
        {
            return;
        }

        foreach (var entry in _entries)
        {
            if (entry.Place < 0)
            {
                continue;
            }

            if (entry.Way.IsCompleted)
            {
                // It did not wait for the handler: what it would have done behind it was done too early, or not at all.
                entry.Error = _pipeline.NotHandled(entry.Context);
                continue;
            }

            try
            {
                entry.GoBack(entry.Place < verdict.Handled ? null : verdict.Error);
                await entry.Way.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                entry.Error = AsTimeout(entry, exception);
            }
        }
    }

    private async ValueTask<BatchVerdict> CloseScopeAsync(BatchVerdict verdict, ConsumedRecord first)
    {
        if (_host.TakeScope() is not { } scope || await AttemptScope.CloseAsync(scope).ConfigureAwait(false) is not { } thrown)
        {
            return verdict;
        }

        if (verdict.Handled > 0)
        {
            // What a service still had to do when it was disposed was not done: no event is handled.
            return new BatchVerdict(0, Events.Count == 1 ? 0 : Nobody, thrown);
        }

        _pipeline.Log.ScopeOfBatchNotDisposed(first, thrown);
        return verdict;
    }

    private void Judge(EventBatch batch, BatchVerdict verdict)
    {
        if (verdict.Error is not null)
        {
            LogFailure(batch, verdict);
        }

        Lane? open = null;
        for (var i = 0; i < batch.Count; i++)
        {
            ref var item = ref batch[i];
            (item.Outcome, item.Error) = Judge(_entries[i], verdict);
            if (item.Lane == open && item.Outcome is not BatchOutcome.Alone)
            {
                // Also where the handler has handled it: of a lane, what runs again is a suffix (I2).
                (item.Outcome, item.Error) = (BatchOutcome.Again, null);
            }
            else if (item.Outcome is BatchOutcome.Filtered)
            {
                _pipeline.Log.Filtered(_entries[i].Context);
            }
            else if (item.Outcome is not BatchOutcome.Handled)
            {
                open = item.Lane;
            }
        }
    }

    private (BatchOutcome Outcome, Exception? Error) Judge(BatchEntry entry, BatchVerdict verdict)
    {
        if (!entry.HasEntered)
        {
            return (BatchOutcome.Again, null);
        }

        if (IsFiltered(entry) && entry.Place < verdict.Handled)
        {
            return (BatchOutcome.Filtered, null);
        }

        var isHandled = entry.Place >= 0 && entry.Place < verdict.Handled;
        if (isHandled && entry.Error is null && (!_pipeline.HasMiddleware || entry.Context.Progress is HandlerProgress.Completed))
        {
            return (BatchOutcome.Handled, null);
        }

        if (_tokens.Cancelled.IsCancellationRequested)
        {
            return (BatchOutcome.Unfinished, null);
        }

        if (isHandled || entry.Place < 0)
        {
            return (BatchOutcome.Failed, entry.Error ?? _pipeline.NotHandled(entry.Context));
        }

        return entry.Place == verdict.Guilty
            ? (BatchOutcome.Failed, verdict.Error)
            : (verdict.Guilty < 0 ? BatchOutcome.Alone : BatchOutcome.Again, null);
    }

    private void LogFailure(EventBatch batch, BatchVerdict verdict)
    {
        ref var first = ref batch[0];
        if (_tokens.Cancelled.IsCancellationRequested)
        {
            _pipeline.Log.LeftUnfinished(first.Record, 1, verdict.Error!);
        }
        else if (verdict.Guilty < 0)
        {
            _pipeline.Log.BatchFailed(first.Record, Events.Count, verdict.Error!);
        }
        else if (Events.Count > 1)
        {
            _pipeline.Log.BatchFailedAt(EntryAt(verdict.Guilty).Context, Events.Count, verdict);
        }
    }

    private BatchEntry EntryAt(int place) => _entries.Find(entry => entry.Place == place)!;

    private Exception AsTimeout(BatchEntry entry, Exception exception) =>
        _cancellation is { HasTimedOut: true } && _pipeline.Policy.Classifier.Classify(exception) is FailureClass.Transient ? _pipeline.TimedOut(entry.Context, exception) : exception;

    private BatchEntry NewEntry()
    {
        var entry = new BatchEntry(_host);
        _entries.Add(entry);
        return entry;
    }

    private void Clear(int count)
    {
        Events.Clear();
        for (var i = 0; i < count; i++)
        {
            var entry = _entries[i];
            if (entry.Error is EventNotHandledException)
            {
                // Something may still hold the context and call next with it: it must never see another event.
                entry.Context.Detach();
                _entries[i] = new BatchEntry(_host);
            }
            else
            {
                entry.Clear();
            }
        }

        _tokens = default;
        _cancellation = null;
    }
}
