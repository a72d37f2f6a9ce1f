using EventDriven.Kafka.Transactions;

namespace EventDriven.Simulation.Members;

/// <summary>
/// The thread of a consumer's transactions in virtual time: a real one, so that the code that blocks runs as it is, but it runs only while the simulation stands still, from where it waits to
/// where it waits next.
/// </summary>
internal sealed class SimulatedTransactionThread(World world, SimulatedMember member) : ITransactionThread, IDisposable
{
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _back = new(0);
    private Thread? _thread;
    private Func<bool> _condition = static () => true;
    private long _until;
    private bool _isKilled;

    public bool HasEnded { get; private set; }

    /// <summary>Whether the poll thread has waited for it longer than it may.</summary>
    public bool WasTooSlow { get; private set; }

    private bool IsReady => !HasEnded && (_condition() || world.Time.Now >= _until);

    public long NextDue => HasEnded ? long.MaxValue : _condition() ? world.Time.Now + 1 : _until;

    public void Start(Action run)
    {
        _thread = new Thread(() =>
        {
            _go.Wait();
            try
            {
                run();
            }
            catch (Exception thrown)
            {
                world.Note(thrown);
            }

            HasEnded = true;
            _back.Release();
        })
        { IsBackground = true };
        _thread.Start();
    }

    public void Wake()
    {
    }

    /// <summary>Lets it go on, where it has something to go on with.</summary>
    public void Run()
    {
        if (IsReady && (world.IsQuiet || world.Schedule.Transactions!.Random.Chance(80)))
        {
            Resume();
        }
    }

    public void Kill()
    {
        _isKilled = true;
        while (!HasEnded && _thread is not null)
        {
            Resume();
        }
    }

    public bool Wait(Func<bool> condition, TimeSpan timeout)
    {
        if (Thread.CurrentThread == _thread)
        {
            return condition() || Block(condition, (long)Math.Ceiling(timeout.TotalMilliseconds));
        }

        if (world.Mutation == Mutation.TransactionIsNotEndedFirst)
        {
            return true;
        }

        var isDone = member.Drain.Wait(condition, timeout);
        WasTooSlow |= !isDone;
        return isDone;
    }

    /// <summary>Has it stand still. To be called on it.</summary>
    public bool Block(Func<bool> condition, long milliseconds)
    {
        _condition = condition;
        _until = world.Time.Now + milliseconds;
        _back.Release();
        _go.Wait();
        return _isKilled ? throw new ProcessIsGoneException() : condition();
    }

    public void Dispose()
    {
        _go.Dispose();
        _back.Dispose();
    }

    private void Resume()
    {
        _go.Release();
        _back.Wait();
    }
}
