using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>Lanes that are ready, and a worker for them.</summary>
internal sealed class ReadyLanes : ILaneQueue
{
    private readonly Queue<Lane> _lanes = new();

    public void Enqueue(Lane lane) => _lanes.Enqueue(lane);

    public void EnqueueAll(List<Lane> lanes) => lanes.ForEach(_lanes.Enqueue);

    public void Handle(int count)
    {
        for (; count > 0; count--)
        {
            End(Begin());
        }
    }

    public Lane Begin()
    {
        var lane = _lanes.Dequeue();
        Assert.Equal(LaneStep.Run, lane.Assignment.Begin(lane, out _));
        return lane;
    }

    /// <summary>The next lane belongs to an assignment that has ended, and does not run any more.</summary>
    public void AssertNextHasEnded()
    {
        var lane = _lanes.Dequeue();
        Assert.Equal(LaneStep.Release, lane.Assignment.Begin(lane, out _));
    }

    public void End(Lane lane) => lane.Assignment.Finish(lane, ProcessingResult.Handled(1), mayContinue: true, out _);
}
