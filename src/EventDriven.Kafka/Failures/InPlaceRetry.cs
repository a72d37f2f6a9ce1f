using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Failures;

/// <summary>Tries an event again where it is, while its lane waits.</summary>
internal abstract class InPlaceRetry
{
    /// <summary>An event is tried no more often than this, whatever a named pipeline says.</summary>
    public const int MaxAttempts = 1_000;

    /// <summary>Whether the first attempt runs inside too; else it is made before, and only its failure comes here.</summary>
    public abstract bool IncludesFirstAttempt { get; }

    public abstract ValueTask<AttemptEnd> RunAsync(EventExecution execution);
}
