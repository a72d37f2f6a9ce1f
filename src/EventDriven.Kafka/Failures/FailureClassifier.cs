namespace EventDriven.Kafka.Failures;

/// <summary>
/// Sorts exceptions: by the application's rules, the first that applies, else by its own. Cancellation by a loss, a revocation or a stop is no failure and is
/// sorted out before. Thread-safe.
/// </summary>
internal sealed class FailureClassifier(IReadOnlyList<FailureRule> rules)
{
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
            if (rule.Applies(exception))
            {
                return rule.Class;
            }
        }

        return exception is EventSerializationException or UnknownEventTypeException or InvalidCloudEventException ? FailureClass.Fatal : FailureClass.Transient;
    }
}
