using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// Sorts exceptions: by the application's rules, the first that applies, else by its own. Cancellation by a loss, a revocation or a stop is no failure and is
/// sorted out before. Thread-safe.
/// </summary>
internal sealed partial class FailureClassifier(IReadOnlyList<FailureRule> rules, ILogger? logger = null)
{
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>Without rules of the application.</summary>
    public static FailureClassifier Default { get; } = new([]);

    /// <summary>What was thrown where it came in an <see cref="AggregateException"/> of one.</summary>
    public static Exception Unwrap(Exception exception)
    {
        while (exception is AggregateException { InnerExceptions: [var only] })
        {
            exception = only;
        }

        return exception;
    }

    public FailureClass Classify(Exception exception)
    {
        exception = Unwrap(exception);

        // Not the application's to say: with the process in trouble nothing may be handed over, or passed.
        if (exception is OutOfMemoryException)
        {
            return FailureClass.Lethal;
        }

        foreach (var rule in rules)
        {
            if (Applies(rule, exception))
            {
                return rule.Class;
            }
        }

        return exception switch
        {
            EventSerializationException or UnknownEventTypeException or InvalidCloudEventException => FailureClass.Fatal,
            EventSerializerUnavailableException => FailureClass.Outage,
            _ => FailureClass.Transient,
        };
    }

    /// <summary>The application's code runs here, between an attempt and its outcome: what it throws must not lose the event (I1).</summary>
    private bool Applies(FailureRule rule, Exception exception)
    {
        try
        {
            return rule.Applies(exception);
        }
#pragma warning disable CA1031 // Whatever it throws, the event needs an outcome.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            LogRuleThrew(thrown, rule.Class, exception.GetType().FullName);
            return false;
        }
    }

    [LoggerMessage(2050, LogLevel.Error, "A rule that treats exceptions as {Class} threw when it was asked about {Exception}; it counts as not applying. Mend its predicate.")]
    private partial void LogRuleThrew(Exception thrown, FailureClass @class, string? exception);
}
