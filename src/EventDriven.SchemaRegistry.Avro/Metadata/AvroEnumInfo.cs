using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Compilation;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>An enum. For generated code. Immutable.</summary>
/// <typeparam name="T">The enum.</typeparam>
/// <param name="fullName">Its name in Avro.</param>
/// <param name="values">Its values.</param>
/// <param name="symbols">The symbol of each.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroEnumInfo<T>(string fullName, T[] values, string[] symbols) : AvroTypeInfo<T>
    where T : struct, Enum
{
    internal override string FullName => fullName;

    internal override EnumSymbol[] Symbols { get; } = [.. values.Zip(symbols, static (value, symbol) => new EnumSymbol(value, symbol))];

    internal override AvroRead<T> Read(ReadPlan plan, ReadComposer composer)
    {
        var known = (ReadPlan.Enum)plan;
        T[] read = [.. known.Values.Select(static value => value is T there ? there : default)];
        string?[] unknown = [.. known.Values.Zip(known.Symbols, static (value, symbol) => value is null ? symbol : null)];
        return reader => read[ReadHelpers.ReadSymbol(reader, unknown)];
    }

    internal override AvroWrite<T> Write(WritePlan plan, WriteComposer composer)
    {
        var indexes = ((WritePlan.Enum)plan).Indexes.ToDictionary(static entry => (T)entry.Value, static entry => entry.Index);
        return (writer, value) =>
        {
            if (!indexes.TryGetValue(value, out var index)) AvroWriter.Fail($"the value is none of {typeof(T)} that the schema has a symbol for");
            writer.WriteInt(index);
        };
    }
}
