using System.Globalization;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Codec;

/// <summary>
/// Finds out which field was being read or written when something failed, by walking over the bytes until there: paths cost nothing while all is well.
/// </summary>
internal sealed class PathFinder
{
    private readonly AvroReader _reader = new();
    private readonly List<string> _path = [];
    private readonly bool _stopsAfter;

    private PathFinder(byte[] data, int length, bool stopsAfter)
    {
        _reader.Reset(data, 0, length);
        _stopsAfter = stopsAfter;
    }

    /// <param name="schema">The schema of the bytes.</param>
    /// <param name="data">Where they are.</param>
    /// <param name="length">How many there are until it failed.</param>
    /// <param name="isBefore">Whether what failed begins there; else it ends there.</param>
    public static string Find(AvroSchema schema, byte[] data, int length, bool isBefore)
    {
        var finder = new PathFinder(data, length, !isBefore);
        try
        {
            if (finder.Walk(schema)) return "";
        }
        catch (AvroFormatException)
        {
            // That is the place.
        }

        return string.Concat(finder._path).TrimStart('.');
    }

    /// <returns>False where it ended on the way: the path leads there.</returns>
    private bool Walk(AvroSchema schema)
    {
        switch (schema)
        {
            case RecordSchema record:
                _reader.Enter();
                foreach (var field in record.Fields)
                {
                    _path.Add($".{field.Name}");
                    if (!Walk(field.Schema)) return false;
                    _path.RemoveAt(_path.Count - 1);
                }

                _reader.Leave();
                return true;
            case UnionSchema union:
                var branch = union.Branches[_reader.ReadIndex(union.Branches.Count)];
                return !IsThere && Walk(branch);
            case ArraySchema array:
                return WalkItems(array.Items, isMap: false);
            case MapSchema map:
                return WalkItems(map.Values, isMap: true);
            default:
                AvroSkipper.Skip(_reader, schema);
                return !IsThere;
        }
    }

    private bool WalkItems(AvroSchema schema, bool isMap)
    {
        for (var i = 0L; ;)
        {
            var count = _reader.ReadLong();
            if (IsThere) return false;
            if (count == 0) return true;
            if (count < 0) _reader.ReadLong();
            if (IsThere) return false;

            for (var end = i + Math.Abs(Math.Max(count, -long.MaxValue)); i < end; i++)
            {
                if (isMap)
                {
                    var key = _reader.ReadString();
                    _path.Add($"[\"{key}\"]");
                }
                else
                {
                    _path.Add(string.Create(CultureInfo.InvariantCulture, $"[{i}]"));
                }

                // Items without bytes would go on for as long as their count says.
                if (!Walk(schema) || (schema.MinimumSize == 0 && _reader.Remaining == 0)) return false;
                _path.RemoveAt(_path.Count - 1);
            }
        }
    }

    private bool IsThere => _stopsAfter && _reader.Remaining == 0;
}
