using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>The number that is written for each value of an enum. Immutable.</summary>
internal sealed class SymbolTable
{
    private const int Missing = -1;

    private readonly int[] _table;
    private readonly long[] _values;
    private readonly int[] _indexes;
    private readonly string _reason;

    /// <param name="values">Each value that has a symbol, as the bits of 64.</param>
    /// <param name="indexes">The number of its symbol.</param>
    /// <param name="reason">Why another value can't be written.</param>
    public SymbolTable(long[] values, int[] indexes, string reason)
    {
        // Values are mostly numbered from zero; a table of others would be as long as the largest.
        var length = 0;
        foreach (var value in values)
        {
            if (value is < 0 or > byte.MaxValue) length = int.MinValue;
            else length = Math.Max(length, (int)value + 1);
        }

        _reason = reason;
        _table = new int[Math.Max(length, 0)];
        (_values, _indexes) = (values, indexes);
        if (_table.Length == 0)
        {
            Array.Sort(values, indexes);
            return;
        }

        for (var i = 0; i < _table.Length; i++) _table[i] = Missing;
        for (var i = 0; i < values.Length; i++) _table[values[i]] = indexes[i];
    }

    /// <exception cref="AvroFormatException">The value has no symbol.</exception>
    public int IndexOf(long value)
    {
        var table = _table;
        var index = (ulong)value < (ulong)table.Length ? table[value] : Missing;
        return index >= 0 ? index : Search(value);
    }

    private int Search(long value)
    {
        var at = _table.Length == 0 ? Array.BinarySearch(_values, value) : Missing;
        if (at < 0) AvroWriter.Fail(_reason);
        return _indexes[at];
    }
}
