using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// The token that a named pipeline sees: it fires when a drain has begun and no attempt is running. So delays end at once and nothing is tried again, but a
/// running attempt goes on, and the token that a timeout strategy derives from this one fires for its timeout only.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The source has no timer and no wait handle, and may be fired late.")]
internal sealed class DrainGate
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationToken _draining;
    private readonly CancellationTokenRegistration _registration;
    private bool _running;
    private bool _closed;

    public DrainGate(CancellationToken draining)
    {
        _draining = draining;
        _registration = draining.UnsafeRegister(static gate => ((DrainGate)gate!).FireUnlessRunning(), this);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Begins an attempt, unless one is running or none may begin any more.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_running || _closed)
            {
                return false;
            }

            _running = true;
            return true;
        }
    }

    /// <summary>Ends the attempt.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _running = false;
        }

        if (_draining.IsCancellationRequested)
        {
            FireUnlessRunning();
        }
    }

    /// <summary>Forgets the drain token.</summary>
    public void Forget() => _registration.Unregister();

    private void FireUnlessRunning()
    {
        lock (_lock)
        {
            if (_running)
            {
                return;
            }

            _closed = true;
        }

        // Outside the lock: what waits for the token goes on here.
        _source.Cancel();
    }
}
