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

    /// <summary>Room for more items: as many as the first block has, then twice as many, so that many small blocks cost no more than one.</summary>
    public static T[] Grow<T>(T[]? values, int total, int count)
    {
        if (values is null) return new T[count];

        var wanted = total + (long)count;
        if (wanted > values.Length) Array.Resize(ref values, (int)Math.Min(Math.Max(wanted, values.Length * 2L), Array.MaxLength));
        return values;
    }

    public static T[] Trim<T>(T[]? values, int total)
    {
        if (values is null) return [];
        if (values.Length != total) Array.Resize(ref values, total);
        return values;
    }
}
