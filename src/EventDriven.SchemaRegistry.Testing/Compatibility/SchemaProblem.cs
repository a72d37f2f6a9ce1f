namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A place where one schema can't read what another writes.</summary>
/// <param name="Path">Where: the path of a field in Avro and Protobuf, a JSON pointer in JSON Schema.</param>
/// <param name="What">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
internal sealed record SchemaProblem(string Path, string What, string Remedy)
{
    public override string ToString() => $"{Path}: {What} {Remedy}";
}
