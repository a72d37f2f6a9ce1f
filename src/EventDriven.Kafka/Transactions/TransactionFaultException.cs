using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Transactions;

/// <summary>A call about a transaction has failed.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
internal sealed class TransactionFaultException(TransactionFault fault, string code, string reason, Exception? inner = null) : Exception($"{code}: {reason}", inner)
{
    public TransactionFault Fault => fault;

    /// <summary>The client's name for the error.</summary>
    public string Code => code;

    public string Reason => reason;
}
