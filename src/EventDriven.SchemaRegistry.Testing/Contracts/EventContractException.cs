namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Contracts are not as they were approved.</summary>
public sealed class EventContractException : Exception
{
    internal EventContractException(IReadOnlyList<EventContractProblem> problems)
        : base($"{problems.Count} {(problems.Count == 1 ? "problem" : "problems")} with contracts:{string.Concat(problems.Select(static problem => $"{Environment.NewLine}- {problem}"))}") => Problems = problems;

    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<EventContractProblem> Problems { get; }
}
