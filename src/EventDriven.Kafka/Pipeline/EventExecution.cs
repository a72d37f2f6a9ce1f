using System.Diagnostics;
using System.Runtime.CompilerServices;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>The handling of one record: its attempts, one after the other. Pooled together with the context that handlers see.</summary>
internal sealed class EventExecution(EventPipeline pipeline)
{
    private EventContext _context = new(pipeline.Host);
    private ConsumedRecord _record;
    private AttemptCancellation? _cancellation;
    private Exception? _failure;
    private FailureClass _class;
    private int _earlierAttempts;
    private Backoff _outagePauses;
    private bool _isHeld;
    private bool _repeats;

    public ProcessingTokens Tokens { get; private set; }

    /// <summary>The span of the event; null where nobody traces it.</summary>
    public Activity? Span { get; set; }

    /// <summary>How many attempts were started that count.</summary>
    public int Attempts { get; private set; }

    /// <summary>Why the last attempt failed.</summary>
    public Exception? Error { get; private set; }

    public PipelineLog Log => pipeline.Log;

    /// <summary>Whether the partition is being given up: what fails from now on is left to the next owner.</summary>
    public bool IsGivenUp => Tokens.Draining.IsCancellationRequested || Tokens.Cancelled.IsCancellationRequested;

    public EventContext Context => _context;

    /// <summary>Handles a record to its outcome, never faults, and returns this object to its pool.</summary>
    public ValueTask<ProcessingResult> RunAsync(in ConsumedRecord record, ProcessingTokens tokens)
    {
        Attach(record, tokens);

        // Once the partition is being given up there is one attempt only, and a pipeline of strategies would refuse to begin it.
        if (pipeline.Retry is { IncludesFirstAttempt: true } && !tokens.Draining.IsCancellationRequested)
        {
            return RetryAsync();
        }

        var pending = Start(CancellationToken.None);
        if (!pending.IsCompletedSuccessfully || _context.Scope is not null || _cancellation is not null)
        {
            return FinishAsync(pending);
        }

        pending.GetAwaiter().GetResult();
        return IsHandled && !_context.IsFiltered ? new ValueTask<ProcessingResult>(Release(AttemptEnd.Handled)) : FinishAsync(default);
    }

    /// <summary>Handles a record whose first attempt has failed elsewhere, and otherwise as <see cref="RunAsync"/> does.</summary>
    public ValueTask<ProcessingResult> RunFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens)
    {
        Attach(record, tokens);
        if (pipeline.Retry is { IncludesFirstAttempt: true } && !tokens.Draining.IsCancellationRequested)
        {
            _failure = error;
            return RetryAsync();
        }

        BeginAttempt(Tokens.Cancelled);
        return FinishAsync(ValueTask.FromException(error));
    }

    /// <summary>Makes one more attempt.</summary>
    /// <param name="strategy">The token of the strategy around it, beside the partition's.</param>
    public async ValueTask<AttemptEnd> NextAttemptAsync(CancellationToken strategy)
    {
        if (_failure is { } failure)
        {
            _failure = null;
            BeginAttempt(Tokens.Cancelled);
            return Judge(failure);
        }

        Exception? error = null;
        try
        {
            await Start(strategy).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = exception;
        }

        return Judge(await CloseScopeAsync(error).ConfigureAwait(false));
    }

    /// <summary>Makes one more attempt, again and again while it ends in an outage, with growing pauses.</summary>
    public async ValueTask<AttemptEnd> NextThroughOutagesAsync()
    {
        var end = await NextAttemptAsync(CancellationToken.None).ConfigureAwait(false);
        while (end is AttemptEnd.Outage)
        {
            end = await OutlastAsync().ConfigureAwait(false) ? await NextAttemptAsync(CancellationToken.None).ConfigureAwait(false) : AttemptEnd.Unfinished;
        }

        return end;
    }

    /// <summary>Holds the event, since its last attempt has ended in an outage, until it is time to try again.</summary>
    /// <returns>False where the partition is given up meanwhile: the event is left to its next owner.</returns>
    private async ValueTask<bool> OutlastAsync()
    {
        if (!_isHeld)
        {
            _isHeld = true;
            _outagePauses = Backoff.OfHold(pipeline.Random);
            Log.HeldByOutage(_record, Error!);
        }

        pipeline.Held.Hold(pipeline.Host.ConsumerName, _record, HoldReason.Outage, Error!.GetType().FullName ?? Error.GetType().Name);
        pipeline.Telemetry.OutageMet(_record.Topic, Error!);
        try
        {
            await Task.Delay(_outagePauses.Next(), pipeline.DelayTime, Tokens.Draining).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            Log.LeftUnfinished(_record, Attempts, Error!);
            return false;
        }
    }

    /// <summary>
    /// With middleware, only a handler that completed counts: middleware that returns before it, or swallows its exception, can't have an event committed (I1).
    /// </summary>
    private bool IsHandled => !pipeline.HasMiddleware || _context.Progress is HandlerProgress.Completed;

    private ValueTask Start(CancellationToken strategy)
    {
        try
        {
            _cancellation = pipeline.AttemptTimeout is null && !strategy.CanBeCanceled
                ? null
                : new AttemptCancellation(pipeline.AttemptTimeout, pipeline.Time, Tokens.Cancelled, strategy);
            if (_earlierAttempts + Attempts > 0 && !_repeats) pipeline.Telemetry.Retry(_record.Topic);
            BeginAttempt(_cancellation?.Token ?? Tokens.Cancelled);
            return pipeline.Chain(_context);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProcessingResult> FinishAsync(ValueTask pending)
    {
        AttemptEnd end;
        try
        {
            Exception? error = null;
            try
            {
                await pending.ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                error = exception;
            }

            end = Judge(await CloseScopeAsync(error).ConfigureAwait(false));
            if (end is AttemptEnd.Outage)
            {
                end = await OutlastAsync().ConfigureAwait(false) ? await NextThroughOutagesAsync().ConfigureAwait(false) : AttemptEnd.Unfinished;
            }

            if (end is AttemptEnd.Failed && pipeline.Retry is { } retry)
            {
                end = await retry.RunAsync(this).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            end = GiveUp(exception);
        }

        return Release(end);
    }

    private async ValueTask<ProcessingResult> RetryAsync()
    {
        AttemptEnd end;
        try
        {
            end = await pipeline.Retry!.RunAsync(this).ConfigureAwait(false);
            while (end is AttemptEnd.Outage)
            {
                // Out here the limits of the strategies do not run: an outage may last longer than any of them.
                end = await OutlastAsync().ConfigureAwait(false) ? await pipeline.Retry!.RunAsync(this).ConfigureAwait(false) : AttemptEnd.Unfinished;
            }
        }
        catch (Exception exception)
        {
            end = GiveUp(exception);
        }

        return Release(end);
    }

    /// <summary>Says that no attempt succeeded and none is to follow.</summary>
    public AttemptEnd GiveUp(Exception error)
    {
        Error = error;
        _class = pipeline.Policy.Classifier.Classify(error);
        return IsGivenUp ? AttemptEnd.Unfinished
            : _class is FailureClass.Outage ? AttemptEnd.Outage
            : AttemptEnd.FailedForGood;
    }

    private ValueTask<Exception?> CloseScopeAsync(Exception? error) => _context.Scope is null ? new(error) : CloseOpenScopeAsync(error);

    private async ValueTask<Exception?> CloseOpenScopeAsync(Exception? error)
    {
        var scope = (IServiceScope)_context.Scope!;
        _context.Scope = null;
        var thrown = await AttemptScope.CloseAsync(scope).ConfigureAwait(false);
        if (error is null)
        {
            // What a service still had to do when it was disposed was not done: the event is not handled.
            return thrown;
        }

        if (thrown is not null)
        {
            Log.ScopeNotDisposed(_context, thrown);
        }

        return error;
    }

    private AttemptEnd Judge(Exception? error)
    {
        var timedOut = _cancellation?.End() ?? false;
        _cancellation = null;
        var running = _context.Progress is HandlerProgress.Running;
        if (error is null && !running)
        {
            if (_context.IsFiltered)
            {
                Log.Filtered(_context);
                return AttemptEnd.Filtered;
            }

            if (IsHandled)
            {
                return AttemptEnd.Handled;
            }
        }

        Error = error switch
        {
            null => NotHandled(),
            not null when timedOut => pipeline.TimedOut(_context, error),
            _ => error,
        };
        if (running || Error is EventNotHandledException)
        {
            // Something may still hold the context and call next with it: it must never see another attempt or event.
            Abandon();
        }

        if (Error is not OperationCanceledException || !IsGivenUp) pipeline.Telemetry.AttemptFailed(Span, Attempts, Error);

        _class = pipeline.Policy.Classifier.Classify(Error);
        if (_class is not FailureClass.Lethal && IsGivenUp)
        {
            Log.LeftUnfinished(_record, Attempts, Error);
            return AttemptEnd.Unfinished;
        }

        if (running)
        {
            // A handler that still runs must not meet another attempt.
            return AttemptEnd.FailedForGood;
        }

        if (_class is not FailureClass.Outage)
        {
            return _class is FailureClass.Transient ? AttemptEnd.Failed : AttemptEnd.FailedForGood;
        }

        Attempts--;
        _repeats = true;
        return AttemptEnd.Outage;
    }

    private EventNotHandledException NotHandled() => pipeline.NotHandled(_context);

    private void Abandon()
    {
        _context.Detach();
        _context = new EventContext(pipeline.Host);
        AttachContext();
    }

    private void Attach(in ConsumedRecord record, ProcessingTokens tokens)
    {
        _record = record;
        _earlierAttempts = record.Origin?.Attempts ?? 0;
        Tokens = tokens;
        AttachContext();
    }

    /// <summary>Shows the event as it was read first, whichever topic it comes from now: what identifies it stays the same at each of its attempts.</summary>
    private void AttachContext() => Show(_context, _record);

    /// <inheritdoc cref="AttachContext"/>
    public static void Show(EventContext context, in ConsumedRecord record)
    {
        if (record.Origin is { } origin)
        {
            context.Attach(origin.Partition.Topic, origin.Partition.Partition, origin.Offset, origin.TimestampMs, record.Key, record.Value, record.Headers, record.FencingToken);
        }
        else
        {
            context.Attach(record.Topic, record.Partition, record.Offset, record.TimestampMs, record.Key, record.Value, record.Headers, record.FencingToken);
        }
    }

    private void BeginAttempt(CancellationToken token)
    {
        _context.BeginAttempt(_earlierAttempts + ++Attempts, token, _repeats);
        _repeats = false;
    }

    private ProcessingResult Release(AttemptEnd end)
    {
        var result = end switch
        {
            AttemptEnd.Handled => ProcessingResult.Handled(Attempts) with { Output = (EventOutput?)_context.Output },
            AttemptEnd.Filtered => ProcessingResult.Filtered(Attempts) with { Output = (EventOutput?)_context.Output },
            AttemptEnd.Unfinished => ProcessingResult.Unfinished(Attempts),
            _ => Fail(Error ?? NotHandled()),
        };
        if (_isHeld)
        {
            pipeline.Held.Release(pipeline.Host.ConsumerName, _record);
            _isHeld = false;
        }

        _context.Detach();
        _record = default;
        _repeats = false;
        Span = null;
        Tokens = default;
        Attempts = 0;
        Error = null;
        _failure = null;
        _class = default;
        pipeline.Return(this);
        return result;
    }

    private ProcessingResult Fail(Exception error) => pipeline.Policy.Next(_class, _record.Origin?.Step ?? -1) is FailureStep.Stop
        ? ProcessingResult.Stopped(_earlierAttempts + Attempts, error, _class)
        : ProcessingResult.Failed(new EventFailure
        {
            Class = _class,
            Error = error,
            Attempts = _earlierAttempts + Attempts,
            FailedAt = pipeline.Time.GetUtcNow(),
            Handler = ((EventRoute?)_context.Route ?? pipeline.OnlyRoute)?.HandlerOf(_record.Value is null),
        });
}
