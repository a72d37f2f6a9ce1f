using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka;

/// <content>Retry topics: their names, and what order allows.</content>
public sealed partial class FailurePolicyBuilder
{
    private Func<string, string>? _prefix;

    /// <summary>
    /// Names the topics of this policy by hand: for a topic that the consumer reads, what stands before <c>--retry-5s</c>, <c>--parked</c> and <c>--dlq</c>. Without it that is
    /// <c>{group}--{topic}</c>. Needed where that would be too long, or the group or the topic has <c>--</c> itself.
    /// </summary>
    /// <param name="prefix">
    /// The prefix for a topic: another one for each topic and group, and the same at each start, since what waits is found by it. Called at start, and for topics that match a pattern
    /// when they are found, on any thread. Names that Kafka does not allow are reported at start.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="prefix"/> is null.</exception>
    public FailurePolicyBuilder NameTopics(Func<string, string> prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        _prefix = prefix;
        return this;
    }

    /// <summary>The names of the topics that failed events of a group go to.</summary>
    internal FailureTopics BuildTopics(string group) => new(group, _prefix);

    /// <summary>The retry topics; null where no step leaves the attempts in place, so that there never were any.</summary>
    internal RetryTopics? BuildRetryTopics(FailureTopics names, string group) =>
        _retryTopics.Count == 0 && _ends.Count == 0 ? null : new RetryTopics(names, group, _keepsKeyOrder ? [] : [.. ReadableDelays], [.. Kinds()]);

    private IEnumerable<RetryDelay> ReadableDelays =>
        _retryTopics.SelectMany(static delays => delays).Select(static text => RetryDelay.TryParse(text, out var delay) ? delay : default).Where(static delay => delay != default);

    /// <summary>Finds what is wrong with the policy in a consumer with these options.</summary>
    internal void CheckAgainst(string subject, EventConsumerOptions options, ICollection<ConfigurationError> errors)
    {
        CheckDelays(subject, errors);
        if (OrderProblem(options.Ordering) is { } problem) Add(problem);
        if (_keepsKeyOrder && options.MaxBatchEvents is not null)
        {
            Add("KeepKeyOrder was said by a consumer of batches, where an event that waits would hold back those of its batch. Handle single events, or say AllowReordering in its place.");
        }

        var names = BuildTopics(options.Group);
        var prefixes = new Dictionary<string, string>(StringComparer.Ordinal);
        var kinds = Kinds().ToArray();
        foreach (var source in kinds.Length == 0 ? [] : options.Topics.Where(static topic => TopicName.Problem(topic) is null && !TopicPattern.Is(topic)).Distinct(StringComparer.Ordinal))
        {
            if (names.Problem(source, kinds) is { } named)
            {
                Add(named);
            }
            else if (!prefixes.TryAdd(names.Prefix(source), source))
            {
                Add($"NameTopics answers the same for '{source}' and for '{prefixes[names.Prefix(source)]}'. Each topic needs names of its own.");
            }
        }

        void Add(string text) => errors.Add(new ConfigurationError(subject, "OnFailure", text));
    }

    /// <summary>The kinds of topics that the policy writes to.</summary>
    private IEnumerable<string> Kinds()
    {
        foreach (var delay in _keepsKeyOrder ? [] : ReadableDelays) yield return DerivedTopics.RetryKind + delay;
        if (_keepsKeyOrder) yield return DerivedTopics.ParkedKind;
        if (_ends is [{ Step: FailureStep.DeadLetter, Topic: null }]) yield return DerivedTopics.DeadLetterKind;
    }

    private void CheckDelays(string subject, ICollection<ConfigurationError> errors)
    {
        if (_retryTopics.Count > 1)
        {
            errors.Add(new ConfigurationError(subject, "OnFailure", "ThenRetryTopics was said more than once. Say all delays in one, in the order of the steps."));
        }

        if (_retryTopics.Exists(static delays => delays.Length == 0))
        {
            errors.Add(new ConfigurationError(subject, "OnFailure", "ThenRetryTopics has no delay. Give it one for each step, such as \"5s\", or leave it out."));
        }

        foreach (var same in ReadableDelays.GroupBy(static delay => delay).Where(static same => same.Count() > 1))
        {
            errors.Add(new ConfigurationError(
                subject, "OnFailure", $"ThenRetryTopics has the delay {same.Key} {same.Count()} times, and the steps of one delay would share one topic. Make each different."));
        }
    }

    private string? OrderProblem(OrderingMode ordering)
    {
        if (_retryTopics.Count == 0)
        {
            return _keepsKeyOrder ? "KeepKeyOrder was said without ThenRetryTopics, and without delays no event waits for another attempt. Add ThenRetryTopics, or remove it."
                : _allowsReordering ? "AllowReordering was said without ThenRetryTopics, and without retry topics nothing loses its place. Add ThenRetryTopics, or remove it."
                : null;
        }

        if (_keepsKeyOrder)
        {
            return ordering switch
            {
                OrderingMode.Key => null,
                OrderingMode.Partition => "KeepKeyOrder was said, and the consumer handles events in partition order. Handle them InKeyOrder, or say AllowReordering in its place.",
                _ => "KeepKeyOrder was said, and the consumer is Unordered: there is no order to keep. Handle events InKeyOrder, or remove it.",
            };
        }

        return ordering is OrderingMode.None || _allowsReordering
            ? null
            : $"ThenRetryTopics lets events that fail lose their place, and the consumer handles them in {(ordering is OrderingMode.Key ? "key" : "partition")} order. "
                + $"Say KeepKeyOrder(){(ordering is OrderingMode.Key ? "" : " and InKeyOrder")}, so that later events of a key wait behind one that waits, or AllowReordering(), so that they do not.";
    }
}
