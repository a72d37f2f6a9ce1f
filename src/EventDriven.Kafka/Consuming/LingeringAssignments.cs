namespace EventDriven.Kafka.Consuming;

/// <summary>
/// Assignments that have ended while handlers of them still run. Later assignments of the same partition wait for those, lane by lane (I2), also when a new
/// client instance has taken over in between. Used by the poll thread only.
/// </summary>
internal sealed class LingeringAssignments
{
    private readonly Dictionary<PartitionId, List<PartitionAssignment>> _byPartition = [];

    public void Add(PartitionAssignment assignment)
    {
        if (!_byPartition.TryGetValue(assignment.Id, out var lingering))
        {
            _byPartition.Add(assignment.Id, lingering = []);
        }

        lingering.Add(assignment);
    }

    /// <summary>Those of a partition that still have handlers running.</summary>
    public IReadOnlyList<PartitionAssignment> Of(PartitionId id)
    {
        if (!_byPartition.TryGetValue(id, out var lingering))
        {
            return [];
        }

        lingering.RemoveAll(assignment => !assignment.HasRunning);
        if (lingering.Count == 0)
        {
            _byPartition.Remove(id);
        }

        return [.. lingering];
    }
}
