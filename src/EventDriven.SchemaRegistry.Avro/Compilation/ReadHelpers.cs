using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>What compiled and composed code calls while it reads.</summary>
internal static class ReadHelpers
{
    /// <summary>The number of a symbol, of which the reader does not know all.</summary>
    /// <param name="reader">From where it is read.</param>
    /// <param name="unknown">The symbols that it does not know.</param>
    public static int ReadSymbol(AvroReader reader, string?[] unknown)
    {
        var index = reader.ReadIndex(unknown.Length);
        if (unknown[index] is { } symbol) AvroReader.Fail($"the symbol '{symbol}' is unknown to the reader, whose enum has no default");
        return index;
    }
}
