using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>A record whose attempts are over and whose next step is being taken, without a worker.</summary>
internal sealed class HandingOver(Lane lane, Delivery delivery, EventFailure failure)
{
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _cancelled = new();

    public Lane Lane => lane;

    public Delivery Delivery => delivery;

    public EventFailure Failure => failure;

    public Task<ProcessingResult> Task { get; set; } = null!;

    /// <summary>How many of its writes are under way.</summary>
    public int Writes { get; set; }

    /// <summary>Whether a write of it has failed.</summary>
    public bool HasFailed { get; set; }

    /// <summary>How many of its records had been acknowledged when it began.</summary>
    public int Acknowledged { get; } = delivery.Entry.Event.Acknowledged;

    /// <summary>Tokens that are fired on the simulation's thread; those of assignments go on on others.</summary>
    public ProcessingTokens Tokens => new(_draining.Token, _cancelled.Token);

    /// <summary>Whether it is to hear of something that it was not told of yet.</summary>
    public bool HasNews => lane.Assignment.Tokens.Draining.IsCancellationRequested && !_draining.IsCancellationRequested;

    public void Hear()
    {
        var ends = false;
        if (lane.Assignment.Tokens.Cancelled.IsCancellationRequested && !_cancelled.IsCancellationRequested)
        {
            _cancelled.Cancel();
            ends = Writes > 0;
        }

        if (HasNews)
        {
            _draining.Cancel();

            // It waited to write again, or for a write that nobody waits for any more.
            ends |= HasFailed;
        }

        if (ends)
        {
            // What is cancelled goes on on another thread: with nobody else at work meanwhile, nothing depends on when.
            Task.Wait();
        }
    }
}
