using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>A handler at work on one record: how long it takes and how it means to end are decided when it starts.</summary>
internal sealed class Handling
{
    public static readonly Exception Poison = new InvalidOperationException("poison");

    private readonly ProcessingTokens _tokens;
    private readonly bool _isDeaf;
    private readonly bool _backsOff;
    private readonly bool _hasFailed;
    private bool _heard;

    public Handling(World world, Lane lane, Delivery delivery, in ConsumedRecord record)
    {
        Lane = lane;
        Delivery = delivery;
        Record = record;
        _tokens = lane.Assignment.Tokens;
        _hasFailed = lane.Failure is not null;
        var random = world.Random;
        var schedule = world.Schedule;
        _isDeaf = random.Chance(schedule.DeafHandlers);
        _backsOff = !world.IsQuiet && random.Chance(schedule.BackOffs);
        EndsAt = world.Time.Now + (!world.IsQuiet && (_backsOff || random.Chance(schedule.SlowHandlers)) ? random.Between(100, 4_000) : random.Between(0, 15));
    }

    public Lane Lane { get; }

    public Delivery Delivery { get; }

    public ConsumedRecord Record { get; }

    /// <summary>How it has failed, where the next step of the policy is to be taken.</summary>
    public EventFailure? Failure { get; private set; }

    public long EndsAt { get; private set; }

    /// <summary>Whether the engine was told already how it ended.</summary>
    public bool IsTold { get; set; }

    /// <summary>Notices that it is to end.</summary>
    public void Hear(World world)
    {
        if (!_heard && ((_tokens.Cancelled.IsCancellationRequested && !_isDeaf) || (_backsOff && _tokens.Draining.IsCancellationRequested)))
        {
            _heard = true;
            EndsAt = Math.Min(EndsAt, world.Time.Now + world.Random.Between(0, 3));
        }
    }

    public Outcome Outcome(World world)
    {
        if (_heard || (_hasFailed && _tokens.Draining.IsCancellationRequested) || (!world.IsQuiet && world.Random.Next(200) == 0))
        {
            return Kafka.Consuming.Outcome.Unfinished;
        }

        var entry = Delivery.Entry.Event;
        if (entry.FailuresLeft > 0)
        {
            entry.FailuresLeft -= entry.IsPoison ? 0 : 1;
            return world.Schedule.Failing is { Policy: var policy } ? Fail(world, policy) : Kafka.Consuming.Outcome.Stopped;
        }

        return world.Random.Chance(15) ? Kafka.Consuming.Outcome.Filtered : Kafka.Consuming.Outcome.Handled;
    }

    /// <summary>As an execution ends whose attempts in place are over.</summary>
    private Outcome Fail(World world, FailurePolicy policy)
    {
        if (_tokens.Draining.IsCancellationRequested)
        {
            return Kafka.Consuming.Outcome.Unfinished;
        }

        Failure = new EventFailure
        {
            Class = Delivery.Entry.Event.IsFatal ? FailureClass.Fatal : FailureClass.Transient,
            Error = Poison,
            Attempts = (Record.Origin?.Attempts ?? 0) + 1,
            FailedAt = world.Time.GetUtcNow() + Delivery.Epoch.Source.Member.ClockOffset,
            Lane = Lane,
        };
        return policy.Next(Failure.Class, Record.Origin?.Step ?? -1) is FailureStep.Stop ? Kafka.Consuming.Outcome.Stopped : Kafka.Consuming.Outcome.Failed;
    }
}
