using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Broker;

/// <summary>Logs, and one consumer group: who owns which partition, who is to own it, and what is committed.</summary>
internal sealed class SimulatedBroker(World world)
{
    private readonly List<SimulatedSource> _group = [];

    /// <summary>The partitions of the source topic, then those of its retry topics.</summary>
    public SimulatedLog[] Logs { get; } = [.. world.Schedule.Topics.SelectMany(static topic => Enumerable.Range(0, topic.Partitions).Select(partition => new PartitionId(topic.Name, partition))).Select(static (id, index) => new SimulatedLog(index, id))];

    public TransactionCoordinator Transactions { get; } = new(world);

    /// <summary>Who owns each partition now.</summary>
    public SimulatedSource?[] Owners { get; } = new SimulatedSource?[world.Schedule.AllPartitions];

    public Commit?[] Committed { get; } = new Commit?[world.Schedule.AllPartitions];

    private readonly SimulatedSource?[] _targets = new SimulatedSource?[world.Schedule.AllPartitions];
    private readonly SimulatedMember?[] _lastOwners = new SimulatedMember?[world.Schedule.AllPartitions];
    private long _rebalancedAt;
    private readonly bool[] _giveUp = new bool[world.Schedule.AllPartitions];
    private readonly HashSet<SimulatedSource> _takenBack = [];

    /// <summary>The partitions of the parked topic, by number.</summary>
    public SimulatedParkedLog[] Parked { get; private set; } = [];

    /// <summary>Creates the parked topic.</summary>
    public void CreateParked() => Parked = Array.ConvertAll(Logs, log => new SimulatedParkedLog(world, log));

    public SimulatedLog LogOf(PartitionId id) => Logs[IndexOf(id)];

    public int IndexOf(PartitionId id) => id.Topic == Logs[0].Id.Topic ? id.Partition : Array.FindIndex(Logs, log => log.Id == id);

    /// <summary>Takes a record of a failed event; nobody in the group reads dead letters.</summary>
    public void Land(HandedOver record)
    {
        if (!record.IsDeadLetter)
        {
            var partitions = Array.FindAll(Logs, log => log.Id.Topic == record.Topic);
            partitions[record.Partition % partitions.Length].Append(record, world.Time.Now);
        }
    }

    public bool IsMember(SimulatedSource source) => _group.Contains(source);

    /// <summary>
    /// Whether members of the classic protocol have asked to join and wait for the answer: what they commit meanwhile comes behind that request, and is of a generation that is
    /// over then. What is to be given up or taken comes with the answer, so that the commit of a revocation is accepted.
    /// </summary>
    public bool IsRebalancing => world.IsClassic && world.Time.Now < _rebalancedAt;

    public void Join(SimulatedSource source)
    {
        world.Trace?.Add($"{source} joins");
        Rebalance();
        _group.Add(source);
        if (_group.Count == 1)
        {
            Array.Fill(_targets, source);
            return;
        }

        for (var partition = 0; partition < _targets.Length; partition++)
        {
            if (world.Random.Next(_group.Count) == 0)
            {
                _targets[partition] = source;
            }
        }
    }

    /// <summary>Removes a member: it left, or its session expired. Its partitions are free at once.</summary>
    public void Remove(SimulatedSource source)
    {
        _takenBack.Remove(source);
        if (_group.Remove(source))
        {
            Rebalance();
        }

        for (var partition = 0; partition < Owners.Length; partition++)
        {
            if (Owners[partition] == source)
            {
                Owners[partition] = null;
            }

            if (_targets[partition] == source)
            {
                _targets[partition] = _group.Count == 0 ? null : _group[world.Random.Next(_group.Count)];
            }
        }
    }

    /// <summary>
    /// A coordinator that brokers have replaced, and that does not know it yet, throws a member out. Its successor knows nothing of that, and takes the member back when it joins: it is the
    /// same, in the same generation, and has what it had.
    /// </summary>
    public void ThrowOutInVain(SimulatedSource source)
    {
        world.Trace?.Add($"a coordinator that is none any more throws {source} out");
        _takenBack.Add(source);
    }

    /// <summary>Whether a member was thrown out and taken back since it was asked for the last time.</summary>
    public bool IsTakenBack(SimulatedSource source) => _takenBack.Remove(source);

    public void Move(int partition)
    {
        if (_group.Count > 0)
        {
            _targets[partition] = _group[world.Random.Next(_group.Count)];
            Rebalance();
            world.Trace?.Add($"the group wants {partition} at {_targets[partition]}");
        }
    }

    public void Reassign(int partition)
    {
        if (Owners[partition] is not null)
        {
            _giveUp[partition] = true;
            Rebalance();
            world.Trace?.Add($"the group wants {partition} given up and taken again");
        }
    }

    /// <summary>It lasts until the last member has asked to join: mostly not for long, and for a session where one has died.</summary>
    private void Rebalance() => _rebalancedAt = Math.Max(_rebalancedAt, world.Time.Now + world.Rebalances.Pick([0, 5, 30, 150, 500, 3_000]));

    public bool MustGiveUp(SimulatedSource source, int partition) =>
        !IsRebalancing && Owners[partition] == source && (_targets[partition] != source || _giveUp[partition]);

    /// <summary>Whether a member may take what is nobody's, or what is its own and it does not know of.</summary>
    public bool MayTake(SimulatedSource source, int partition) =>
        !IsRebalancing && (Owners[partition] is null || (Owners[partition] == source && source.Find(Logs[partition].Id) is null)) && _targets[partition] == source;

    /// <summary>Whether a member is to give up what is its own and it does not know of.</summary>
    public bool MustGiveUpUnknown(SimulatedSource source, int partition) =>
        !IsRebalancing && Owners[partition] == source && source.Find(Logs[partition].Id) is null && (_targets[partition] != source || _giveUp[partition]);

    public void Take(SimulatedSource source, int partition)
    {
        Owners[partition] = source;
        if (_lastOwners[partition] != source.Member)
        {
            _lastOwners[partition] = source.Member;
            Logs[partition].Handovers++;
        }
    }

    public void GiveUp(SimulatedSource source, int partition)
    {
        if (Owners[partition] == source)
        {
            Owners[partition] = null;
            _giveUp[partition] = false;
        }
    }

    /// <summary>Takes a commit as brokers do: they check the member, not whether it owns the partition.</summary>
    public SourceError? Accept(SimulatedSource source, int partition, Position position, int logEpoch, bool mayGoBack)
    {
        if (!IsMember(source))
        {
            return new SourceError(SourceErrorKind.Passing, "UnknownMemberId", "The group does not know this member.");
        }

        // The same position once more tells the next owner what it told before, whoever says it.
        if (Committed[partition] is { } before && before.Offset == position.Offset && before.LeaderEpoch == position.LeaderEpoch)
        {
            logEpoch = Math.Min(logEpoch, before.LogEpoch);
        }

        world.Trace?.Add($"{source} commits {partition}@{position.Offset}");
        world.Oracle.OnCommit(source, Logs[partition], position, logEpoch, mayGoBack);
        Committed[partition] = new Commit(position.Offset, position.LeaderEpoch, logEpoch);
        Transactions.OnCommittedBeside(partition);
        return null;
    }
}
