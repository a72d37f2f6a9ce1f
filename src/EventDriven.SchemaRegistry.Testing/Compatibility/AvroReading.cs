using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Whether one Avro schema reads all that another writes: the rules of schema resolution, as registries apply them before there is an event.</summary>
internal sealed class AvroReading
{
    private readonly HashSet<(AvroSchema, AvroSchema)> _pending = [];
    private readonly string _writer;
    private readonly string _reader;
    private readonly bool _strict;

    private AvroReading(string writer, string reader, bool strict) => (_writer, _reader, _strict) = (writer, reader, strict);

    public static IReadOnlyList<SchemaProblem> Problems((string Name, SchemaText Schema) writer, (string Name, SchemaText Schema) reader, bool strict)
    {
        List<SchemaProblem> found = [];
        new AvroReading(writer.Name, reader.Name, strict).Compare(Parse(writer), Parse(reader), "", found);
        return found;
    }

    private static AvroSchema Parse((string Name, SchemaText Schema) schema)
    {
        try
        {
            return AvroSchemaParser.Parse(schema.Schema.Text, [.. schema.Schema.References.Select(static reference => reference.Text)]);
        }
        catch (AvroSchemaException exception)
        {
            throw new FormatException($"{schema.Name} is no Avro schema: {exception.Message}", exception);
        }
    }

    private void Compare(AvroSchema writer, AvroSchema reader, string path, List<SchemaProblem> found)
    {
        // A pair that is met again inside of itself is right where all the rest is.
        if (!_pending.Add((writer, reader))) return;

        try
        {
            if (writer is UnionSchema written)
            {
                foreach (var branch in written.Branches) Compare(branch, reader, path, found);
            }
            else if (reader is UnionSchema read)
            {
                if (!read.Branches.Any(branch => IsRead(writer, branch))) CompareToUnion(writer, read, path, found);
            }
            else
            {
                CompareAlone(writer, reader, path, found);
            }
        }
        finally
        {
            _pending.Remove((writer, reader));
        }
    }

    private bool IsRead(AvroSchema writer, AvroSchema reader)
    {
        List<SchemaProblem> trial = [];
        Compare(writer, reader, "", trial);
        return trial.Count == 0;
    }

    private void CompareToUnion(AvroSchema writer, UnionSchema reader, string path, List<SchemaProblem> found)
    {
        // The branch that is meant says more than that none fits.
        if (reader.Branches.FirstOrDefault(branch => branch.Kind == writer.Kind && (branch is not NamedSchema named || HaveSameName((NamedSchema)writer, named))) is { } meant)
        {
            Compare(writer, meant, path, found);
            return;
        }

        Add(found, path, $"{_writer} may write {writer.Display} here, and {_reader} reads only {reader.Display}.", $"Add a branch for {writer.Display} to the union.");
    }

    private void CompareAlone(AvroSchema writer, AvroSchema reader, string path, List<SchemaProblem> found)
    {
        if (writer.Kind != reader.Kind)
        {
            if (!IsPromotion(writer.Kind, reader.Kind))
            {
                Add(found, path, $"{_writer} writes {writer.Display} here, and {_reader} reads {reader.Display}.", "Keep the type, or add a field of another name. (int may become long, float or double, and string may become bytes; not the other way.)");
            }

            return;
        }

        if (writer is NamedSchema named && !HaveSameName(named, (NamedSchema)reader))
        {
            Add(found, path, $"{_writer} calls it {named.FullName}, and {_reader} {((NamedSchema)reader).FullName}.", $"Give {((NamedSchema)reader).FullName} the alias {named.FullName}: [AvroType(Aliases = [\"{named.FullName}\"])].");
            return;
        }

        switch (writer)
        {
            case RecordSchema record:
                CompareFields(record, (RecordSchema)reader, path, found);
                break;
            case EnumSchema symbols when ((EnumSchema)reader).Default is null:
                foreach (var symbol in symbols.Symbols.Except(((EnumSchema)reader).Symbols, StringComparer.Ordinal))
                {
                    Add(found, path, $"{_writer} may write the symbol '{symbol}', which {_reader} does not know.", "Keep the symbol, or give the reader's enum a default symbol: [AvroType(Default = \"…\")].");
                }

                break;
            case FixedSchema bytes when bytes.Size != ((FixedSchema)reader).Size:
                Add(found, path, $"{_writer} writes {bytes.Size} bytes here, and {_reader} reads {((FixedSchema)reader).Size}.", "Keep the size, or add a field of another name.");
                break;
            case ArraySchema array:
                Compare(array.Items, ((ArraySchema)reader).Items, $"{path}[]", found);
                break;
            case MapSchema map:
                Compare(map.Values, ((MapSchema)reader).Values, $"{path}{{}}", found);
                break;
        }

        if (_strict && writer.Logical.Kind is LogicalKind.Decimal && reader.Logical.Kind is LogicalKind.Decimal && writer.Logical.Scale != reader.Logical.Scale)
        {
            Add(found, path, $"{_writer} writes a decimal of scale {writer.Logical.Scale} here, and {_reader} reads one of scale {reader.Logical.Scale}: the same digits are another number. (Schema registries let it through.)", "Keep the scale, or add a field of another name.");
        }
    }

    private void CompareFields(RecordSchema writer, RecordSchema reader, string path, List<SchemaProblem> found)
    {
        foreach (var field in reader.Fields)
        {
            var place = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (Find(writer, field) is { } written)
            {
                Compare(written.Schema, field.Schema, place, found);
            }
            else if (field.Default is null)
            {
                Add(found, place, $"{_reader} reads this field, which {_writer} does not write, and has no default for it.", "Give it a default (the default of a constructor's parameter, [AvroField(Default = \"…\")], or null for a nullable one); where it was renamed, the old name as an alias: [AvroField(Aliases = [\"…\"])].");
            }
        }
    }

    private static FieldSchema? Find(RecordSchema writer, FieldSchema field) =>
        writer.Fields.FirstOrDefault(written => written.Name == field.Name) ?? writer.Fields.FirstOrDefault(written => field.Aliases.Contains(written.Name, StringComparer.Ordinal));

    /// <summary>Names match without their namespaces; aliases are full names.</summary>
    private static bool HaveSameName(NamedSchema writer, NamedSchema reader) => writer.Name == reader.Name || reader.Aliases.Contains(writer.FullName, StringComparer.Ordinal);

    private static bool IsPromotion(AvroKind writer, AvroKind reader) => (writer, reader) is
        (AvroKind.Int, AvroKind.Long or AvroKind.Float or AvroKind.Double) or (AvroKind.Long, AvroKind.Float or AvroKind.Double) or (AvroKind.Float, AvroKind.Double)
        or (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String);

    private static void Add(List<SchemaProblem> found, string path, string what, string remedy) => found.Add(new SchemaProblem(path.Length == 0 ? "the event itself" : path, what, remedy));
}
