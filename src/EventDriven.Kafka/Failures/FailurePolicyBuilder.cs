using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly.Registry;

namespace EventDriven.Kafka;

/// <summary>Says what happens to an event that fails.</summary>
/// <remarks>
/// A chain has up to three parts, each of them optional: attempts in place (<c>Retry</c>), attempts later (<c>ThenRetryTopics</c>), and an end (<c>ThenDeadLetter</c>, <c>ThenSkip</c>).
/// Without an end the partition stops: nothing past the event is committed, health turns red, the other partitions go on.
/// Bytes that do not decode, tombstones that nobody handles and unknown event types are not tried again but go straight to that end: no attempt can help.
/// An attempt that fails while its partition is being revoked, or the host is stopping, is left to the next owner of the partition.
/// </remarks>
public sealed partial class FailurePolicyBuilder
{
    private readonly List<Retrying> _retries = [];
    private readonly List<FailureRule> _rules = [];
    private readonly List<string[]> _retryTopics = [];
    private readonly List<(FailureStep Step, DeadLetterBuilder? DeadLetters)> _ends = [];
    private bool _keepsKeyOrder;
    private bool _allowsReordering;

    /// <summary>Whether events that wait keep the order of their key.</summary>
    internal bool KeepsKeyOrder => _keepsKeyOrder;

    internal FailurePolicyBuilder()
    {
    }

    /// <summary>Tries a failed event again where it is, while what comes after it in order waits and everything else goes on.</summary>
    /// <param name="retries">How many more attempts follow the first: 3 means at most four calls of the handler. From 1 to 999.</param>
    /// <param name="delay">
    /// About how long to wait before the second attempt: from zero to 1 day. Each further delay is about twice the one before, up to 1 minute (or to
    /// <paramref name="delay"/> where that is longer), spread at random so that lanes that failed together do not come back together. A revocation or stop ends a delay at once.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>A policy has one <c>Retry</c>. Numbers out of range are reported at start.</remarks>
    public FailurePolicyBuilder Retry(int retries, TimeSpan delay)
    {
        _retries.Add(new Retrying(retries, delay, null));
        return this;
    }

    /// <summary>Runs all attempts, the first included, inside a resilience pipeline of Polly that the application has registered (<c>services.AddResiliencePipeline(name, …)</c>).</summary>
    /// <param name="pipelineName">The name of the pipeline. A name that is not registered is reported at start.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>
    /// The pipeline sees the exceptions of the attempts that may succeed another time. When a timeout strategy fires, the handler's token does, and the attempt is awaited.
    /// Whatever the pipeline says, attempts run one after the other, and an event is tried at most 1,000 times. A policy has one <c>Retry</c>.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="pipelineName"/> is null or blank.</exception>
    public FailurePolicyBuilder Retry(string pipelineName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pipelineName);
        _retries.Add(new Retrying(0, default, pipelineName));
        return this;
    }

    /// <summary>
    /// Lets an event that still fails wait in a topic of its group, one for each delay, and tries it again with the same handler once the delay is over. What comes
    /// after it does not wait, unless <see cref="KeepKeyOrder"/> says so.
    /// </summary>
    /// <param name="delays">
    /// How long each step waits, in the order of the steps: a whole number and <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>, such as <c>5s</c>, from 1 millisecond to 30 days.
    /// What is wrong with one is reported at start.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>
    /// Said by a consumer with an order, it must be followed by <see cref="KeepKeyOrder"/> or <see cref="AllowReordering"/>. Each step makes one attempt, and those of
    /// <c>Retry</c> behind it. An event is never tried early.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="delays"/> is null.</exception>
    public FailurePolicyBuilder ThenRetryTopics(params string[] delays)
    {
        ArgumentNullException.ThrowIfNull(delays);
        _retryTopics.Add([.. delays]);
        return this;
    }

    /// <summary>
    /// Lets later events of a key wait behind one that waits for its retry, so that the handler sees each key in order, while all other keys go on. For consumers
    /// in key order.
    /// </summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public FailurePolicyBuilder KeepKeyOrder()
    {
        _keepsKeyOrder = true;
        return this;
    }

    /// <summary>Lets an event that waits in a retry topic lose its place: the handler sees later events before it, also those of its key.</summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public FailurePolicyBuilder AllowReordering()
    {
        _allowsReordering = true;
        return this;
    }

    /// <summary>Hands an event for which no step is left over to the dead-letter topic of its group and topic, <c>{group}--{topic}--dlq</c>, with its bytes as they are.</summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public FailurePolicyBuilder ThenDeadLetter()
    {
        _ends.Add((FailureStep.DeadLetter, new DeadLetterBuilder()));
        return this;
    }

    /// <summary>Hands an event for which no step is left over to a dead-letter topic, with its bytes as they are.</summary>
    /// <param name="topic">The topic.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or blank.</exception>
    public FailurePolicyBuilder ThenDeadLetter(string topic)
    {
        _ends.Add((FailureStep.DeadLetter, new DeadLetterBuilder().Topic(topic)));
        return this;
    }

    /// <summary>Hands an event for which no step is left over to a dead-letter topic, with its bytes as they are.</summary>
    /// <param name="configure">Says which topic, also by the type of the exception, and what is written beside the event.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public FailurePolicyBuilder ThenDeadLetter(Action<DeadLetterBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var deadLetters = new DeadLetterBuilder();
        configure(deadLetters);
        _ends.Add((FailureStep.DeadLetter, deadLetters));
        return this;
    }

    /// <summary>Drops an event for which no step is left, on purpose: it is logged as an error and counted as skipped, and nothing keeps it.</summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public FailurePolicyBuilder ThenSkip()
    {
        _ends.Add((FailureStep.Skip, null));
        return this;
    }

    /// <summary>Says that an exception is no fault of the event: something it needs is not there. The event is held, and tried again until it is, without its attempts being counted.</summary>
    /// <typeparam name="TException">The type of the exception; types derived from it are included.</typeparam>
    /// <param name="when">Which of them; null for all.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>Of several rules that apply, the first said holds; those of <c>ClassifyEventFailures</c> come behind. A predicate that throws counts as one that does not apply, which is logged.</remarks>
    public FailurePolicyBuilder TreatAsOutage<TException>(Func<TException, bool>? when = null)
        where TException : Exception => Treat(FailureClass.Outage, when);

    /// <summary>Says that no other attempt can help where this exception was thrown: the event goes straight to the end of the chain.</summary>
    /// <typeparam name="TException">The type of the exception; types derived from it are included.</typeparam>
    /// <param name="when">Which of them; null for all.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>Of several rules that apply, the first said holds; those of <c>ClassifyEventFailures</c> come behind. A predicate that throws counts as one that does not apply, which is logged.</remarks>
    public FailurePolicyBuilder TreatAsFatal<TException>(Func<TException, bool>? when = null)
        where TException : Exception => Treat(FailureClass.Fatal, when);

    /// <summary>Says that another attempt may succeed where this exception was thrown, also where it would otherwise not be tried again.</summary>
    /// <typeparam name="TException">The type of the exception; types derived from it are included.</typeparam>
    /// <param name="when">Which of them; null for all.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>Of several rules that apply, the first said holds; those of <c>ClassifyEventFailures</c> come behind. A predicate that throws counts as one that does not apply, which is logged.</remarks>
    public FailurePolicyBuilder TreatAsTransient<TException>(Func<TException, bool>? when = null)
        where TException : Exception => Treat(FailureClass.Transient, when);

    /// <summary>What the runtime needs of it.</summary>
    /// <param name="common">The rules of all consumers.</param>
    /// <param name="logger">Is told of rules that throw.</param>
    internal FailurePolicy Build(IEnumerable<CommonFailureRules>? common = null, ILogger? logger = null) => new()
    {
        Classifier = new FailureClassifier([.. _rules, .. (common ?? []).SelectMany(static rules => rules.Rules)], logger),
        Delays = [.. _retryTopics.SelectMany(static delays => delays).Select(static text => RetryDelay.TryParse(text, out var delay) ? delay : throw new InvalidOperationException($"'{text}' is no delay."))],
        KeepsKeyOrder = _keepsKeyOrder,
        End = _ends is [var end] ? end.Step : FailureStep.Stop,
        DeadLetters = _ends is [{ DeadLetters: { } deadLetters }] ? deadLetters.Build() : DeadLetterSettings.Default,
    };

    private FailurePolicyBuilder Treat<TException>(FailureClass failure, Func<TException, bool>? when)
        where TException : Exception
    {
        _rules.Add(FailureRule.For(failure, when));
        return this;
    }

    internal void Check(IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
    {
        if (_retries.Count > 1)
        {
            errors.Add(new ConfigurationError(subject, "OnFailure", "Retry was said more than once. Keep one; several strategies belong into one named Polly pipeline."));
        }

        foreach (var text in _retryTopics.SelectMany(static delays => delays))
        {
            if (!RetryDelay.TryParse(text, out _))
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"ThenRetryTopics: '{text}' is no delay. Write a whole number and ms, s, m, h or d, such as \"5s\", from 1 millisecond to 30 days."));
            }
        }

        if (_ends.Count > 1)
        {
            errors.Add(new ConfigurationError(subject, "OnFailure", "the end of the chain was said more than once. Keep one of ThenDeadLetter and ThenSkip."));
        }

        foreach (var (_, deadLetters) in _ends)
        {
            deadLetters?.Check(subject, errors);
        }

        if (_keepsKeyOrder && _allowsReordering)
        {
            errors.Add(new ConfigurationError(subject, "OnFailure", "both KeepKeyOrder and AllowReordering were said. Keep one."));
        }

        foreach (var retry in _retries)
        {
            retry.Check(root, subject, errors);
        }
    }

    internal InPlaceRetry? BuildRetry(IServiceProvider root, TimeProvider time) => _retries switch
    {
        [] => null,
        [{ PipelineName: { } name }] => new NamedRetry(root.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline(name)),
        [var retry] => new CountedRetry(retry.Retries, retry.Delay, time),
        _ => throw new InvalidOperationException("Retry was said more than once."),
    };

    private sealed record Retrying(int Retries, TimeSpan Delay, string? PipelineName)
    {
        public void Check(IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
        {
            if (PipelineName is not null)
            {
                CheckPipeline(PipelineName, root, subject, errors);
                return;
            }

            if (Retries is < 1 or >= InPlaceRetry.MaxAttempts)
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"Retry({Retries}, …): the number of retries must be from 1 to {InPlaceRetry.MaxAttempts - 1}. Leave Retry out for none."));
            }

            if (Delay < TimeSpan.Zero || Delay > TimeSpan.FromDays(1))
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"Retry(…, {Delay}): the delay must be from zero to 1 day."));
            }
        }

        private static void CheckPipeline(string name, IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
        {
            try
            {
                if (root.GetService<ResiliencePipelineProvider<string>>()?.TryGetPipeline(name, out _) is true)
                {
                    return;
                }
            }
            catch (Exception exception)
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"Retry(\"{name}\"): the resilience pipeline can't be built: {exception.Message}"));
                return;
            }

            errors.Add(new ConfigurationError(
                subject, "OnFailure", $"Retry(\"{name}\"): no resilience pipeline of that name is registered. Register it: services.AddResiliencePipeline(\"{name}\", …)."));
        }
    }
}
