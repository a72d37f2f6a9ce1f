namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What is wrong with a contract. Immutable.</summary>
public sealed class EventContractProblem
{
    internal EventContractProblem(EventContract contract, string? path, string message, string remedy) => (Contract, Path, Message, Remedy) = (contract, path, message, remedy);

    /// <summary>The contract.</summary>
    public EventContract Contract { get; }

    /// <summary>Where in its schema: the path of a field in Avro and Protobuf, a JSON pointer in JSON Schema; null where all of it is meant.</summary>
    public string? Path { get; }

    /// <summary>What is wrong, as sentences.</summary>
    public string Message { get; }

    /// <summary>What to do, as sentences.</summary>
    public string Remedy { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Contract} ({Contract.Schema.Subject}){(Path is null ? "" : $", {Path}")}: {Message} {Remedy}";
}
