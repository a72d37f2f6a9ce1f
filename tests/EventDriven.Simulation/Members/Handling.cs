using EventDriven.Kafka.Consuming;
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

    public Handling(World world, Lane lane, Delivery delivery)
    {
        Lane = lane;
        Delivery = delivery;
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

        if (Delivery.Entry.FailuresLeft > 0)
        {
            Delivery.Entry.FailuresLeft--;
            return Kafka.Consuming.Outcome.Stopped;
        }

        return world.Random.Chance(15) ? Kafka.Consuming.Outcome.Filtered : Kafka.Consuming.Outcome.Handled;
    }
}
