namespace EventDriven.Kafka.Consuming;

/// <summary>The one place where the poll thread waits for handlers: inside a revocation.</summary>
internal interface IDrainSignal
{
    /// <summary>Something that was waited for may have ended. Thread-safe.</summary>
    void Set();

    /// <summary>Waits until the condition holds, looking again after each <see cref="Set"/>, but no longer than the time given.</summary>
    bool Wait(Func<bool> condition, TimeSpan timeout);
}
