using System.ComponentModel;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Arrays while they are read. For generated and compiled code. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AvroArrays
{
    /// <summary>Room for more items: as many as the first block has, then twice as many, so that many small blocks cost no more than one.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="values">What there is so far; null before the first block.</param>
    /// <param name="total">How many items it has.</param>
    /// <param name="count">How many follow.</param>
    /// <returns>An array with room for them.</returns>
    public static T[] Grow<T>(T[]? values, int total, int count)
    {
        if (values is null) return new T[count];

        var wanted = total + (long)count;
        if (wanted > values.Length) Array.Resize(ref values, (int)Math.Min(Math.Max(wanted, values.Length * 2L), Array.MaxLength));
        return values;
    }

    /// <summary>Just the items.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="values">What there is; null where there was no block.</param>
    /// <param name="total">How many items it has.</param>
    /// <returns>An array of that length.</returns>
    public static T[] Trim<T>(T[]? values, int total)
    {
        if (values is null) return [];
        if (values.Length != total) Array.Resize(ref values, total);
        return values;
    }
}
