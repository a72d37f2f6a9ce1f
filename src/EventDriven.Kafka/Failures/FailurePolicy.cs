namespace EventDriven.Kafka.Failures;

/// <summary>What happens to an event that fails, once the attempts in place are over: decided at start. Immutable; thread-safe.</summary>
internal sealed class FailurePolicy
{
    /// <summary>Without steps: the partition stops.</summary>
    public static FailurePolicy Stop { get; } = new() { Classifier = FailureClassifier.Default };

    public required FailureClassifier Classifier { get; init; }

    /// <summary>How long each further step waits; empty where there is none.</summary>
    public IReadOnlyList<RetryDelay> Delays { get; init; } = [];

    /// <summary>Whether what waits is parked, and what comes behind it of its key waits with it; else it goes to a retry topic and loses its place.</summary>
    public bool KeepsKeyOrder { get; init; }

    /// <summary>What becomes of an event that no step is left for: <see cref="FailureStep.Stop"/>, <see cref="FailureStep.DeadLetter"/> or <see cref="FailureStep.Skip"/>.</summary>
    public FailureStep End { get; init; } = FailureStep.Stop;

    /// <summary>Where dead letters go, and what is written beside the event.</summary>
    public DeadLetterSettings DeadLetters { get; init; } = DeadLetterSettings.Default;

    /// <summary>Whether there is any step but to stop.</summary>
    public bool HasSteps => Delays.Count > 0 || End is not FailureStep.Stop;

    /// <summary>What is to be done with an event whose attempts in place are over.</summary>
    /// <param name="failure">What kind of failure it was.</param>
    /// <param name="step">The step that it has waited in before; -1 where there was none.</param>
    public FailureStep Next(FailureClass failure, int step) => failure switch
    {
        FailureClass.Lethal or FailureClass.Outage => FailureStep.Stop,
        FailureClass.Transient when step + 1 < Delays.Count => FailureStep.Retry,
        _ => End,
    };
}
