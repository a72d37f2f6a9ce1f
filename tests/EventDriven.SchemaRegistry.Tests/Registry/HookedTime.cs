namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Time that runs something of the test's, once, in the middle of whoever looks at it next.</summary>
internal sealed class HookedTime : TimeProvider
{
    private Action? _next;
    private long _passed;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _passed, time.Ticks);

    public void OnNextLook(Action action) => _next = action;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        Interlocked.Exchange(ref _next, null)?.Invoke();
        return Interlocked.Read(ref _passed);
    }
}
