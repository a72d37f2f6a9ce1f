namespace EventDriven.Testing;

/// <summary>
/// The clock of the delays between attempts: tells when one has begun to wait, so that a test can then move the host's clock. A delay ends here before
/// its timer's callback runs, so that who has moved the clock does not see it any more.
/// </summary>
internal sealed class RecordingClock(TimeProvider clock, Recording recording) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Delay(clock, recording, callback, state, dueTime, period);

    private sealed class Delay : ITimer
    {
        private readonly Recording _recording;
        private readonly ITimer _timer;
        private int _ended;

        public Delay(TimeProvider clock, Recording recording, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _recording = recording;

            _timer = clock.CreateTimer(
                _ =>
                {
                    End();
                    callback(state);
                },
                null,
                dueTime,
                period);

            // Not before: whoever is told moves the clock, and the timer must be there then.
            recording.BeginDelay();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(dueTime, period);

        public void Dispose()
        {
            End();
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            End();
            return _timer.DisposeAsync();
        }

        private void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) _recording.EndDelay();
        }
    }
}
