using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>What compiled code calls while it reads.</summary>
internal static class ReadHelpers
{
    public static T ReadEnum<T>(AvroReader reader, T[] values, string?[]? unknown)
    {
        var index = reader.ReadIndex(values.Length);
        if (unknown?[index] is { } symbol) AvroReader.Fail($"the symbol '{symbol}' is unknown to the reader, whose enum has no default");
        return values[index];
    }
}
