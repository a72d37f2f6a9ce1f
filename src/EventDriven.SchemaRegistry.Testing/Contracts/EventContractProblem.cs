namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What is wrong with a contract. Immutable.</summary>
/// <param name="Contract">The contract.</param>
/// <param name="Path">Where in its schema: the path of a field in Avro, a JSON pointer in JSON Schema; null where all of it is meant.</param>
/// <param name="Message">What is wrong, as sentences.</param>
/// <param name="Remedy">What to do, as sentences.</param>
public sealed record EventContractProblem(EventContract Contract, string? Path, string Message, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Contract} ({Contract.Schema.Subject}){(Path is null ? "" : $", {Path}")}: {Message} {Remedy}";
}
