using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Transactions;

/// <summary>A thread of the process: the calls of the client that it makes block.</summary>
internal sealed class TransactionThread(string name, TimeProvider time) : ITransactionThread
{
    private readonly DrainSignal _signal = new(time);

    public void Start(Action run) => new Thread(() => run()) { IsBackground = true, Name = name }.Start();

    public void Wake() => _signal.Set();

    public bool Wait(Func<bool> condition, TimeSpan timeout) => _signal.Wait(condition, timeout);
}
