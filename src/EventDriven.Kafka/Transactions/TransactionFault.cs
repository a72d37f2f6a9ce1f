namespace EventDriven.Kafka.Transactions;

/// <summary>What a failed call about a transaction means for who made it.</summary>
internal enum TransactionFault
{
    /// <summary>The transaction must be aborted; the client can begin another.</summary>
    Abortable = 0,

    /// <summary>Another client with the same id has taken the place of this one, or brokers have aborted the transaction because its time was over.</summary>
    Fenced,

    /// <summary>Nobody knows whether it was committed, or aborted: a new client finds out, since brokers finish what they have before they let it begin.</summary>
    Indefinite,

    /// <summary>No coordinator has answered.</summary>
    Unreachable,

    /// <summary>The client can't go on, and another with the same settings may not either.</summary>
    Fatal,
}
