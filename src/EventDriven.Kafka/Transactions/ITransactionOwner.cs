using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Transactions;

/// <summary>Whose transactions they are: the consumer loop. Called on the thread of the transactions, and done by the poll thread at its next turn.</summary>
internal interface ITransactionOwner
{
    /// <summary>The assignments at this moment. Thread-safe.</summary>
    IReadOnlyList<PartitionAssignment> Current { get; }

    /// <summary>Positions are committed.</summary>
    void OnCommitted(IReadOnlyList<KeyValuePair<PartitionAssignment, Position>> positions);

    /// <summary>What was taken from these assignments since their last commit is void: those that are still there begin again at their committed positions.</summary>
    void OnAborted(IReadOnlyList<PartitionAssignment> assignments, string code, string reason);

    /// <summary>Transactions can't be begun or ended; it is tried again.</summary>
    void OnTransactionTrouble(string code, string reason);

    /// <summary>Transactions can't go on with this consumer's client: it leaves its group.</summary>
    void OnTransactionsEnded(string code, string reason);
}
