namespace EventDriven.SchemaRegistry.Testing;

/// <summary>How <see cref="EventContracts"/> judges.</summary>
public sealed class EventContractOptions
{
    /// <summary>
    /// How a changed schema must get along with those that were approved. The default value is <see cref="SchemaCompatibility.Backward"/>, that of schema registries. What a host only reads
    /// must always be able to read what was approved, whatever this is, but for <see cref="SchemaCompatibility.None"/>.
    /// </summary>
    public SchemaCompatibility Compatibility { get; set; } = SchemaCompatibility.Backward;

    /// <summary>
    /// Whether, of JSON Schema, writers are taken to write only properties that their schema names, and readers to skip those that theirs does not name: as services do that write and read
    /// by types, and as the registry's policy <c>LENIENT</c> judges. The default value is false: a schema that does not say <c>additionalProperties: false</c> lets anything stand under
    /// any name, so that a property can't be added to it.
    /// </summary>
    public bool LenientJson { get; set; }

    /// <summary>The folder with the approved schemas. The default value is null: <c>Contracts</c> beside the file of the test.</summary>
    public string? Directory { get; set; }

    /// <summary>Whether changes that are compatible are approved: written to the folder, as the next version. The default value is null: where the environment variable <c>EVENTDRIVEN_APPROVE_CONTRACTS</c> is 1.</summary>
    public bool? Approve { get; set; }
}
