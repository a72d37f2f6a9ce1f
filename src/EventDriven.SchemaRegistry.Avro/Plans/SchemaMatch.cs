using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>Which schemas match, as the specification has it under "Schema Resolution". Whether what they have in them resolves too is found out where it is read.</summary>
internal static class SchemaMatch
{
    public static bool Matches(AvroSchema writer, AvroSchema reader)
    {
        if (writer.Kind is AvroKind.Union || reader.Kind is AvroKind.Union) return true;
        if (writer.Kind != reader.Kind) return IsPromotion(writer.Kind, reader.Kind);

        return (writer, reader) switch
        {
            (ArraySchema w, ArraySchema r) => Matches(w.Items, r.Items),
            (MapSchema w, MapSchema r) => Matches(w.Values, r.Values),
            (FixedSchema w, FixedSchema r) => w.Size == r.Size && NamesMatch(w, r) && DecimalsMatch(w, r),
            (NamedSchema w, NamedSchema r) => NamesMatch(w, r),
            _ => DecimalsMatch(writer, reader),
        };
    }

    /// <summary>The branch of a reader's union for what was written: of the same name and type, else the first that matches.</summary>
    /// <returns>-1 where there is none.</returns>
    public static int Branch(AvroSchema writer, UnionSchema reader)
    {
        var branches = reader.Branches;
        for (var i = 0; i < branches.Count; i++)
        {
            if (branches[i].Kind == writer.Kind && Matches(writer, branches[i]) && (writer is not NamedSchema named || ((NamedSchema)branches[i]).FullName == named.FullName)) return i;
        }

        for (var i = 0; i < branches.Count; i++)
        {
            if (Matches(writer, branches[i])) return i;
        }

        return -1;
    }

    /// <summary>A writer's name counts without its namespace; a reader's alias is a full one.</summary>
    private static bool NamesMatch(NamedSchema writer, NamedSchema reader) => writer.Name == reader.Name || reader.Aliases.Contains(writer.FullName, StringComparer.Ordinal);

    /// <summary>The same digits mean something else at another scale. More or fewer of them before the point are no other number.</summary>
    private static bool DecimalsMatch(AvroSchema writer, AvroSchema reader) =>
        writer.Logical.Kind is not LogicalKind.Decimal || reader.Logical.Kind is not LogicalKind.Decimal || writer.Logical.Scale == reader.Logical.Scale;

    private static bool IsPromotion(AvroKind writer, AvroKind reader) => writer switch
    {
        AvroKind.Int => reader is AvroKind.Long or AvroKind.Float or AvroKind.Double,
        AvroKind.Long => reader is AvroKind.Float or AvroKind.Double,
        AvroKind.Float => reader is AvroKind.Double,
        AvroKind.String => reader is AvroKind.Bytes,
        AvroKind.Bytes => reader is AvroKind.String,
        _ => false,
    };
}
