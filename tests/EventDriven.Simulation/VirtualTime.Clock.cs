using EventDriven.Simulation.Members;

namespace EventDriven.Simulation;

/// <content>The clock of one process: the same time, a wall clock that may be wrong, and timers that fire neither while it is frozen nor once it is gone.</content>
internal sealed partial class VirtualTime
{
    public TimeProvider ClockOf(SimulatedMember member) => new Clock(this, member);

    private sealed class Clock(VirtualTime time, SimulatedMember member) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + member.ClockOffset;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(member, callback, state, dueTime);
    }
}
