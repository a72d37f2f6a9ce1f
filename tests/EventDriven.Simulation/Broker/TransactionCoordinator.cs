using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Broker;

/// <summary>
/// What brokers do about transactions: of the clients with one id only the last may go on; a transaction ends by its client, by the next one with its id, or by its time, and what was
/// decided is written everywhere a little later.
/// </summary>
internal sealed class TransactionCoordinator(World world)
{
    private readonly Dictionary<string, int> _epochs = [];
    private readonly List<SimulatedTransaction> _transactions = [];
    private readonly Dictionary<int, long> _lastNumbers = [];
    private long _number;

    private SimulationRandom Random => world.Schedule.Transactions!.Random;

    public long NextDue
    {
        get
        {
            var next = long.MaxValue;
            foreach (var transaction in _transactions)
            {
                next = Math.Min(next, transaction.Due);
            }

            return next;
        }
    }

    public void RunDue()
    {
        for (var i = 0; i < _transactions.Count; i++)
        {
            var transaction = _transactions[i];
            if (transaction.Due > world.Time.Now)
            {
                continue;
            }

            if (transaction.IsEnding)
            {
                var write = transaction.Writes[^1];
                transaction.Writes.RemoveAt(transaction.Writes.Count - 1);
                if (transaction.Writes.Count == 0)
                {
                    _transactions.RemoveAt(i--);
                }
                else
                {
                    transaction.Due = world.Time.Now + WriteDelay();
                }

                write();
            }
            else
            {
                world.Trace?.Add($"the time of the transaction of {transaction.Id} is over");
                _epochs[transaction.Id]++;
                End(transaction, isCommitted: false);
            }
        }
    }

    /// <summary>Whether positions of a partition are in a transaction that is not over: nobody is told what is committed there.</summary>
    public bool IsUnstable(int partition) =>
        world.Mutation != Mutation.UnstableOffsetsAreTold && _transactions.Exists(transaction => transaction.Offsets.ContainsKey(partition));

    /// <summary>The position of a partition that is to be committed for certain, and is not written yet; null where there is none.</summary>
    public long? DecidedOn(int partition) =>
        _transactions.Find(transaction => transaction is { IsEnding: true, IsCommitted: true } && transaction.Offsets.ContainsKey(partition))?.Offsets[partition].Position.Offset;

    /// <summary>Whether what was decided about a transaction is still being written.</summary>
    public bool IsAnyEnding => _transactions.Exists(static transaction => transaction.IsEnding);

    /// <summary>Whether what was decided about the last transaction of an id is still being written.</summary>
    public bool IsEnding(string id) => _transactions.Exists(transaction => transaction.Id == id && transaction.IsEnding);

    /// <summary>Nobody who had the id before can go on with it; what was left open is aborted.</summary>
    public int Fence(string id)
    {
        _epochs[id] = _epochs.GetValueOrDefault(id) + 1;
        if (Open(id) is { } open)
        {
            End(open, isCommitted: false);
        }

        return _epochs[id];
    }

    public bool IsCurrent(string id, int epoch) => _epochs[id] == epoch || world.Mutation == Mutation.FencedGoesOn;

    /// <summary>The open transaction of an id, which begins with the first thing that is to be in it.</summary>
    public SimulatedTransaction Enlist(string id, int epoch)
    {
        if (Open(id) is { } open)
        {
            return open;
        }

        var begun = new SimulatedTransaction(id, epoch) { Due = world.Time.Now + world.Schedule.Transactions!.Timeout };
        _transactions.Add(begun);
        return begun;
    }

    /// <summary>Takes positions, as brokers do: they check who the member is, not whether it owns the partition.</summary>
    /// <returns>Whether they are taken.</returns>
    public bool Send(SimulatedTransaction transaction, SimulatedSource source, int generation, IEnumerable<(int Partition, Position Position)> positions)
    {
        if (!world.Broker.IsMember(source) || (generation != source.Generation && world.Mutation != Mutation.GenerationIsNotChecked))
        {
            return false;
        }

        foreach (var (partition, position) in positions)
        {
            world.Oracle.OnSent(source, partition, position);
            transaction.Offsets[partition] = new(source, position, world.Broker.Committed[partition]?.Offset, ++_number);
            if (world.Mutation == Mutation.OffsetsAreNotInTheTransaction)
            {
                Commit(partition, transaction.Offsets[partition]);
            }
        }

        return true;
    }

    /// <summary>Takes positions that were on their way for long: brokers see no more of them than that a transaction is open of a client that may go on.</summary>
    public void SendLate(string id, int epoch, SimulatedSource source, int generation, List<(int Partition, Position Position)> positions)
    {
        if (IsCurrent(id, epoch) && Open(id) is { } open)
        {
            world.Trace?.Add($"{id} has positions arrive late");
            Send(open, source, generation, positions);
        }
    }

    /// <summary>A position is committed beside transactions: what was sent before it does not replace it.</summary>
    public void OnCommittedBeside(int partition) => _lastNumbers[partition] = ++_number;

    /// <summary>Decides about the open transaction of a client.</summary>
    /// <returns>False where the client has no say any more.</returns>
    public bool TryEnd(string id, int epoch, bool isCommitted)
    {
        if (!IsCurrent(id, epoch))
        {
            return false;
        }

        if (Open(id) is { } open)
        {
            End(open, isCommitted);
        }

        return true;
    }

    private SimulatedTransaction? Open(string id) => _transactions.Find(transaction => transaction.Id == id && !transaction.IsEnding);

    private void End(SimulatedTransaction transaction, bool isCommitted)
    {
        world.Trace?.Add($"the transaction of {transaction.Id} is to be {(isCommitted ? "committed" : "aborted")}");
        transaction.IsEnding = true;
        transaction.IsCommitted = isCommitted;
        transaction.Due = world.Time.Now + WriteDelay();
        transaction.Writes.Add(() => Land(transaction));
        foreach (var (log, markers) in transaction.Markers)
        {
            transaction.Writes.Insert(Random.Between(0, transaction.Writes.Count), () => log.EndTransaction(markers, isCommitted));
        }
    }

    private int WriteDelay() => world.IsQuiet || Random.Chance(80) ? Random.Between(0, 5) : Random.Between(5, 300);

    private void Land(SimulatedTransaction transaction)
    {
        world.Activity++;
        if (!transaction.IsCommitted)
        {
            if (world.Mutation == Mutation.AbortedOutputIsVisible)
            {
                world.Oracle.OnCommitted(transaction);
            }

            transaction.Offsets.Clear();
            return;
        }

        world.Trace?.Add($"{transaction.Id} has committed {string.Join(", ", transaction.Offsets.Select(static sent => $"{sent.Key}@{sent.Value.Position.Offset}"))} with {transaction.Records.Count} records");
        world.Oracle.OnCommitted(transaction);
        foreach (var (partition, sent) in transaction.Offsets)
        {
            Commit(partition, sent);
        }

        // They are written: whoever asks is told.
        transaction.Offsets.Clear();
    }

    private void Commit(int partition, SimulatedTransaction.Sent sent)
    {
        if (sent.Number < _lastNumbers.GetValueOrDefault(partition))
        {
            return;
        }

        _lastNumbers[partition] = sent.Number;
        var log = world.Broker.Logs[partition];
        world.Broker.Committed[partition] = new Commit(sent.Position.Offset, sent.Position.LeaderEpoch, sent.Position.LeaderEpoch < 0 ? log.LeaderEpoch : sent.Position.LeaderEpoch);
    }
}
