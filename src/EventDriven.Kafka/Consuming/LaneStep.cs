namespace EventDriven.Kafka.Consuming;

/// <summary>What a worker does next with the lane it has.</summary>
internal enum LaneStep
{
    /// <summary>Let go of it: it is empty, or waits for something that will make it ready again.</summary>
    Release = 0,

    /// <summary>Handle the record that came with this answer.</summary>
    Run,

    /// <summary>Put it at the end of the ready queue, so that others get their turn.</summary>
    Requeue,
}
