using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Driving;

/// <summary>What was injected. Thread-safe.</summary>
internal sealed class FaultLog
{
    private readonly Lock _gate = new();
    private readonly List<FaultWindow> _faults = [];
    private readonly List<OffsetReset> _resets = [];

    public IReadOnlyList<FaultWindow> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    public IReadOnlyList<OffsetReset> Resets
    {
        get
        {
            lock (_gate)
            {
                return [.. _resets];
            }
        }
    }

    public void Add(FaultWindow fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    public void Add(OffsetReset reset)
    {
        lock (_gate)
        {
            _resets.Add(reset);
        }
    }

    /// <summary>Does something and notes how long it took.</summary>
    public async Task NoteAsync(string kind, string target, FaultReach reach, Func<Task> fault)
    {
        var begin = Monotonic.Now;
        try
        {
            await fault();
        }
        finally
        {
            Add(new FaultWindow(kind, target, begin, Monotonic.Now, reach));
        }
    }
}
