using EventDriven.Simulation.Members;

namespace EventDriven.Simulation;

/// <summary>Time in milliseconds that moves only when the simulation moves it, with timers that fire on the simulation's thread.</summary>
internal sealed partial class VirtualTime : TimeProvider
{
    public DateTimeOffset Origin { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Timer> _timers = [];

    public long Now { get; set; }

    /// <summary>Whether timers fire later than they should.</summary>
    public bool TimersAreLate { get; set; }

    public long NextDue
    {
        get
        {
            var next = long.MaxValue;
            foreach (var timer in _timers)
            {
                if (timer.Owner is not { IsFrozen: true })
                {
                    next = Math.Min(next, timer.Due);
                }
            }

            return next;
        }
    }

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Origin.AddMilliseconds(Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => CreateTimer(null, callback, state, dueTime);

    private Timer CreateTimer(SimulatedMember? owner, TimerCallback callback, object? state, TimeSpan dueTime)
    {
        var timer = new Timer(this, owner, callback, state);
        timer.Change(dueTime, default);
        return timer;
    }

    public void RunDue()
    {
        for (var i = 0; i < _timers.Count; i++)
        {
            var timer = _timers[i];
            if (timer.Due <= Now && timer.Owner is not { IsFrozen: true })
            {
                _timers.RemoveAt(i);
                i = -1;
                timer.Fire();
            }
        }
    }

    private sealed class Timer(VirtualTime time, SimulatedMember? owner, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        /// <summary>The process that waits for it.</summary>
        public SimulatedMember? Owner => owner;

        public void Fire()
        {
            if (owner is not { IsGone: true })
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            if (dueTime >= TimeSpan.Zero)
            {
                Due = time.Now + (long)dueTime.TotalMilliseconds + (time.TimersAreLate ? 20 : 0);
                time._timers.Add(this);
            }

            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
