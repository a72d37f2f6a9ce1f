namespace EventDriven.Trimming;

/// <summary>What the service did.</summary>
internal sealed class Stock(int expected)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reserved;
    private int _seen;

    public Task All => _all.Task;

    public int Reserved => _reserved;

    public int Seen => _seen;

    public void See() => Interlocked.Increment(ref _seen);

    public void Reserve()
    {
        if (Interlocked.Increment(ref _reserved) == expected) _all.SetResult();
    }
}
