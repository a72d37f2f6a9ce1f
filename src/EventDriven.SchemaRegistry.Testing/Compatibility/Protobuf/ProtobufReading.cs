namespace EventDriven.SchemaRegistry.Testing;

/// <summary>
/// Whether one Protobuf file reads what another writes, as Confluent's registry judges it: the class <c>SchemaDiff</c> of its module <c>protobuf-provider</c>, whose kinds of differences are named below. A change
/// of an enum, a field that is added or dropped, another name of a field, another order of messages are none of them.
/// </summary>
internal sealed class ProtobufReading
{
    private const string LetThrough = "(Schema registries let it through.)";

    private readonly HashSet<(ProtobufMessage, ProtobufMessage)> _compared = [];
    private readonly List<SchemaProblem> _found = [];
    private readonly string _writer;
    private readonly string _reader;
    private readonly ProtobufTypes _written;
    private readonly ProtobufTypes _read;
    private readonly bool _strict;

    private ProtobufReading(string writer, string reader, ProtobufTypes written, ProtobufTypes read, bool strict) =>
        (_writer, _reader, _written, _read, _strict) = (writer, reader, written, read, strict);

    public static IReadOnlyList<SchemaProblem> Problems((string Name, SchemaText Schema) writer, (string Name, SchemaText Schema) reader, bool strict)
    {
        var (written, read) = (Parse(writer.Name, writer.Schema.Text), Parse(reader.Name, reader.Schema.Text));
        var reading = new ProtobufReading(writer.Name, reader.Name, Types(writer, written), Types(reader, read), strict);
        reading.CompareFiles(written, read);
        return reading._found;
    }

    private static ProtobufTypes Types((string Name, SchemaText Schema) schema, ProtobufSource file) =>
        new(file, schema.Schema.References.Select(reference => Parse($"{reference.Name} of {schema.Name}", reference.Text)));

    private static ProtobufSource Parse(string name, string text)
    {
        try
        {
            return ProtobufSource.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"{name} is no Protobuf schema: {exception.Message}", exception);
        }
    }

    private void CompareFiles(ProtobufSource writer, ProtobufSource reader)
    {
        // PACKAGE_CHANGED
        if (writer.Package != reader.Package)
        {
            Add("the file", $"{_writer} has the package '{writer.Package}', and {_reader} '{reader.Package}': all of its messages have other names.", "Keep the package, or begin a new topic.");
        }

        CompareAll(writer.Messages, reader.Messages, "");
    }

    private void CompareAll(List<ProtobufMessage> writers, List<ProtobufMessage> readers, string path)
    {
        foreach (var writer in writers.Where(static message => !message.IsMapEntry))
        {
            var place = path.Length == 0 ? writer.Name : $"{path}.{writer.Name}";
            if (readers.Find(message => message.Name == writer.Name) is { } reader)
            {
                Compare(writer, reader, place);
            }
            else
            {
                // MESSAGE_REMOVED
                Add(place, $"{_writer} has this message, and {_reader} does not.", "Keep a message that was there; where old readers must read what is new, put a new one in a file of its own.");
            }
        }
    }

    private void Compare(ProtobufMessage writer, ProtobufMessage reader, string path)
    {
        if (!_compared.Add((writer, reader))) return;

        foreach (var field in writer.Fields)
        {
            if (reader.Fields.Find(read => read.Number == field.Number) is { } read) CompareFields(writer, field, reader, read, $"{path}.{read.Name}");
            else CheckDropped(field, reader, $"{path}.{field.Name}");
        }

        foreach (var field in reader.Fields)
        {
            // REQUIRED_FIELD_ADDED
            if (field.Label is ProtobufLabel.Required && writer.Fields.TrueForAll(written => written.Number != field.Number))
            {
                Add($"{path}.{field.Name}", $"{_reader} requires this field, which {_writer} does not write.", "Make it optional.");
            }
        }

        CheckOneOfs(writer, reader, path);
        CompareAll(writer.Messages, reader.Messages, path);
    }

    private void CheckDropped(ProtobufField field, ProtobufMessage reader, string path)
    {
        if (field.Label is ProtobufLabel.Required)
        {
            // REQUIRED_FIELD_REMOVED
            Add(path, $"{_writer} requires this field, and {_reader} does not have it.", "Keep the field: those who require it refuse events without it.");
        }
        else if (field.OneOf is { } oneOf && reader.Fields.Exists(read => read.OneOf == oneOf))
        {
            // ONEOF_FIELD_REMOVED
            Add(path, $"{_writer} may set this case of '{oneOf}', and {_reader} does not have it: it would see none.", "Keep the field.");
        }
    }

    private void CheckOneOfs(ProtobufMessage writer, ProtobufMessage reader, string path)
    {
        foreach (var oneOf in reader.Fields.Where(static field => field.OneOf is not null).GroupBy(static field => field.OneOf, StringComparer.Ordinal))
        {
            // Fields that were not of one oneof before may have been set together. MULTIPLE_FIELDS_MOVED_TO_ONEOF, FIELD_MOVED_TO_EXISTING_ONEOF
            var before = writer.Fields.Where(written => oneOf.Any(read => read.Number == written.Number)).ToArray();
            if (before.DistinctBy(static field => (field.OneOf, field.OneOf is null ? field.Number : 0)).Count() < 2) continue;

            Add($"{path}.{oneOf.Key}", $"{_writer} may set {string.Join(" and ", before.Select(static field => $"'{field.Name}'"))} together, and {_reader} reads only the last of them.", "Move one field at most into a new oneof, and none into one that is there.");
        }
    }

    private void CompareFields(ProtobufMessage writer, ProtobufField written, ProtobufMessage reader, ProtobufField read, string path)
    {
        var (from, to) = (_written.Of(written, writer), _read.Of(read, reader));
        if (CompareTypes(from, to, path)) CompareLabels(written, read, from.IsNumeric, path);
    }

    private void CompareLabels(ProtobufField written, ProtobufField read, bool isNumeric, string path)
    {
        if (written.Label == read.Label) return;

        var arePacked = written.Label is ProtobufLabel.Repeated != read.Label is ProtobufLabel.Repeated;
        if (isNumeric && written.Label is not ProtobufLabel.None && read.Label is not ProtobufLabel.None)
        {
            // FIELD_NUMERIC_LABEL_CHANGED
            Add(path, $"{_writer} writes a number that is {Say(written.Label)} here, and {_reader} reads one that is {Say(read.Label)}.", "Keep the label, or add a field with another number.");
        }
        else if (_strict && isNumeric && arePacked)
        {
            Add(path, $"{_writer} writes a number that is {Say(written.Label)} here, and {_reader} reads one that is {Say(read.Label)}: they are written in another way. {LetThrough}", "Keep the label, or add a field with another number.");
        }
        else if (_strict && read.Label is ProtobufLabel.Required)
        {
            Add(path, $"{_reader} requires this field, which {_writer} may leave out. {LetThrough}", "Leave it optional.");
        }
    }

    /// <returns>Whether they are of one kind.</returns>
    private bool CompareTypes(ProtobufType writer, ProtobufType reader, string path)
    {
        // FIELD_KIND_CHANGED, FIELD_SCALAR_KIND_CHANGED
        if (writer.Kind != reader.Kind)
        {
            Add(path, $"{_writer} writes {writer.Display} here, and {_reader} reads {reader.Display}.", "Keep the type, or add a field with another number. (int32, int64, uint32, uint64, bool and enums may change into each other, and so may string and bytes.)");
            return false;
        }

        if (writer.Entry is { } written && reader.Entry is { } read)
        {
            CompareTypes(written.Key, read.Key, path);
            CompareTypes(written.Value, read.Value, path);
        }
        else if (writer.Kind is ProtobufKind.Message or ProtobufKind.Group)
        {
            CompareMessages(writer, reader, path);
        }

        return true;
    }

    private void CompareMessages(ProtobufType writer, ProtobufType reader, string path)
    {
        // FIELD_NAMED_TYPE_CHANGED
        if (writer.LocalName != reader.LocalName)
        {
            Add(path, $"{_writer} writes {writer.Display} here, and {_reader} reads {reader.Display}.", "Keep the message, or add a field with another number.");
        }
        else if (writer.Message is { } written && reader.Message is { } read)
        {
            Compare(written, read, writer.LocalName);
        }
    }

    private static string Say(ProtobufLabel label) => label is ProtobufLabel.None ? "single" : label.ToString().ToLowerInvariant();

    private void Add(string path, string what, string remedy) => _found.Add(new SchemaProblem(path, what, remedy));
}
