namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A version of a schema that was approved. Immutable.</summary>
internal sealed record ApprovedSchema(int Version, EventSchema Schema)
{
    public static SchemaFormat FormatOf(EventSchema schema) => schema.Format switch
    {
        "AVRO" => SchemaFormat.Avro,
        "JSON" => SchemaFormat.Json,
        "PROTOBUF" => SchemaFormat.Protobuf,
        _ => throw new NotSupportedException($"The format {schema.Format} is not known."),
    };

    public static SchemaText TextOf(EventSchema schema) => new(schema.Text, schema.References);

    /// <summary>Whether two are the same but for white space.</summary>
    public static bool AreSame(EventSchema left, EventSchema right) =>
        left.Format == right.Format && Identity(left, left.Text) == Identity(right, right.Text)
        && left.References.Select(reference => (reference.Name, Identity(left, reference.Text))).SequenceEqual(right.References.Select(reference => (reference.Name, Identity(right, reference.Text))));

    private static string Identity(EventSchema schema, string text)
    {
        try
        {
            return SchemaRules.Identity(FormatOf(schema), text, normalize: false);
        }
        catch (RegistryError)
        {
            return text;
        }
    }
}
