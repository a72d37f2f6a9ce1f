namespace EventDriven.Kafka.Transactions;

/// <summary>The thread of a consumer's transactions, and where it waits, and where is waited for it. Thread-safe.</summary>
internal interface ITransactionThread
{
    /// <summary>Starts it.</summary>
    void Start(Action run);

    /// <summary>Something that is waited for may have happened.</summary>
    void Wake();

    /// <summary>Waits until the condition holds, looking again after each <see cref="Wake"/>, but no longer than the time given. On any thread.</summary>
    bool Wait(Func<bool> condition, TimeSpan timeout);
}
