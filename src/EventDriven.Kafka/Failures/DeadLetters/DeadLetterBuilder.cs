using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka;

/// <summary>Says where dead letters go and what is written beside the event. Not thread-safe; used only while services are registered.</summary>
public sealed class DeadLetterBuilder
{
    private readonly List<(Type Exception, string Topic)> _routes = [];
    private string? _topic;
    private bool _withoutStack;
    private bool _withSpringHeaders;

    internal DeadLetterBuilder()
    {
    }

    /// <summary>Names the topic of dead letters for which there is no route, in place of <c>{group}--{topic}--dlq</c>.</summary>
    /// <param name="topic">The topic.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or blank.</exception>
    public DeadLetterBuilder Topic(string topic)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        _topic = topic;
        return this;
    }

    /// <summary>Names the topic of events whose last attempt has failed with an exception of a type. Of several routes that apply, the first said holds.</summary>
    /// <typeparam name="TException">The type of the exception; types derived from it are included.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or blank.</exception>
    public DeadLetterBuilder Route<TException>(string topic)
        where TException : Exception
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        _routes.Add((typeof(TException), topic));
        return this;
    }

    /// <summary>Leaves the exception's stack out of the headers. By default up to 8 KiB of it are written.</summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public DeadLetterBuilder WithoutStack()
    {
        _withoutStack = true;
        return this;
    }

    /// <summary>Writes the headers of spring-kafka's dead letters (<c>kafka_dlt-…</c>) beside the library's own, for tools and services that read those.</summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public DeadLetterBuilder WithSpringHeaders()
    {
        _withSpringHeaders = true;
        return this;
    }

    /// <summary>Whether no dead letter goes to a topic that is named after group and source.</summary>
    internal bool IsNamed => _topic is not null;

    internal DeadLetterSettings Build() => new() { Topic = _topic, Routes = [.. _routes], WithStack = !_withoutStack, WithSpringHeaders = _withSpringHeaders };

    internal void Check(string subject, ICollection<ConfigurationError> errors)
    {
        foreach (var topic in _routes.Select(static route => route.Topic).Append(_topic).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            var problem = TopicPattern.Is(topic) ? $"'{topic}' is a pattern, and dead letters need the name of one topic. Name it." : TopicName.Problem(topic);
            if (problem is not null)
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"ThenDeadLetter: {problem}"));
            }
        }

        for (var i = 1; i < _routes.Count; i++)
        {
            if (_routes.Take(i).FirstOrDefault(before => before.Exception.IsAssignableFrom(_routes[i].Exception)) is { Exception: { } wider })
            {
                errors.Add(new ConfigurationError(
                    subject, "OnFailure", $"ThenDeadLetter: the route of {_routes[i].Exception.Name} is never taken, since that of {wider.Name} is said before and applies too. Say it first, or remove it."));
            }
        }
    }
}
