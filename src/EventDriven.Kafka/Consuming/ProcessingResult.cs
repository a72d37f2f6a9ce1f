namespace EventDriven.Kafka.Consuming;

/// <summary>The outcome of one record, with what led to it.</summary>
internal readonly struct ProcessingResult
{
    private ProcessingResult(Outcome outcome, int attempts, Exception? error)
    {
        Outcome = outcome;
        Attempts = attempts;
        Error = error;
    }

    public Outcome Outcome { get; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; }

    /// <summary>Why it stopped; null for the other outcomes.</summary>
    public Exception? Error { get; }

    public static ProcessingResult Handled(int attempts = 1) => new(Outcome.Handled, attempts, null);

    public static ProcessingResult Filtered(int attempts = 1) => new(Outcome.Filtered, attempts, null);

    public static ProcessingResult Unfinished(int attempts) => new(Outcome.Unfinished, attempts, null);

    public static ProcessingResult Stopped(int attempts, Exception error) => new(Outcome.Stopped, attempts, error);
}
