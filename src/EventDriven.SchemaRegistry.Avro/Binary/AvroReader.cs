using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>
/// Reads Avro's binary form. Nothing is allocated before the bytes for it are known to be there. For generated code. Not thread-safe; the codec has a pool of them.
/// </summary>
/// <remarks>What it can't read is an error that the serializer turns into an <see cref="EventSerializationException"/> with the path of the field.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroReader
{
    private byte[] _own = [];
    private byte[] _data = [];
    private int _position;
    private int _end;
    private int _depth;
    private int _itemsWithoutBytes;
    private int _turnedAt = -1;

    internal AvroReader()
    {
    }

    /// <summary>Where it stands, or stood when it failed.</summary>
    internal int Position => _turnedAt >= 0 ? _turnedAt : _position;

    internal int Remaining => _end - _position;

    internal void Reset(byte[] data, int start, int length)
    {
        _data = data;
        _position = start;
        _end = start + length;
        _depth = 0;
        _turnedAt = -1;
        _itemsWithoutBytes = AvroLimits.ItemsWithoutBytes + length;
    }

    /// <summary>Reads from a copy: what is read here may not be the reader's to keep.</summary>
    internal void Load(ReadOnlySpan<byte> data)
    {
        if (_own.Length < data.Length) _own = new byte[Math.Max(data.Length, 512)];
        data.CopyTo(_own);
        Reset(_own, 0, data.Length);
    }

    /// <summary>Lets go of what was read. Memory for a large event must not weigh on a service for ever.</summary>
    internal void Clear()
    {
        if (_own.Length > AvroLimits.KeptLength) _own = [];
        Reset([], 0, 0);
    }

    internal void EnsureEnd()
    {
        if (_position != _end) throw new AvroFormatException($"{_end - _position} bytes follow the value");
    }

    /// <summary>A boolean.</summary>
    /// <returns>The value.</returns>
    public bool ReadBoolean()
    {
        var value = ReadByte();
        if (value > 1) Fail($"a boolean is 0 or 1, and not {value}");
        return value == 1;
    }

    /// <summary>An int.</summary>
    /// <returns>The value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt()
    {
        var position = _position;
        var data = _data;
        if (position < _end && (uint)position < (uint)data.Length && data[position] is < 0x80 and var single)
        {
            _position = position + 1;
            return (single >> 1) ^ -(single & 1);
        }

        return ReadLongInt();
    }

    /// <summary>A long.</summary>
    /// <returns>The value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        var position = _position;
        var data = _data;
        if (position < _end && (uint)position < (uint)data.Length && data[position] is < 0x80 and var single)
        {
            _position = position + 1;
            return (single >> 1) ^ -(single & 1);
        }

        return ReadLongLong();
    }

    /// <summary>A float.</summary>
    /// <returns>The value.</returns>
    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>A double.</summary>
    /// <returns>The value.</returns>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>A text.</summary>
    /// <returns>The value.</returns>
    public string ReadString()
    {
        var bytes = Take(ReadLength());
        if (bytes.IsEmpty) return "";
        // Most texts are ASCII: these need only be made wider.
        if (Ascii.IsValid(bytes)) return Encoding.Latin1.GetString(bytes);
        if (!Utf8.IsValid(bytes)) Fail("a text is no valid UTF-8");
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Bytes.</summary>
    /// <returns>The value.</returns>
    public byte[] ReadBytes() => Take(ReadLength()).ToArray();

    /// <summary>A fixed number of bytes.</summary>
    /// <param name="size">How many.</param>
    /// <returns>The value.</returns>
    public byte[] ReadFixed(int size) => Take(size).ToArray();

    /// <summary>A UUID as text.</summary>
    /// <returns>The value.</returns>
    public Guid ReadGuid()
    {
        var text = Take(ReadLength());
        if (text.Length is < 32 or > 38 || !Guid.TryParse(text, null, out var value)) Fail("a text is no UUID");
        else return value;

        return default;
    }

    internal Guid ReadGuidBytes() => new(Take(16), bigEndian: true);

    /// <summary>A decimal as bytes.</summary>
    /// <param name="scale">How many digits after the point.</param>
    /// <returns>The value.</returns>
    public decimal ReadDecimal(int scale) => AvroDecimal.Read(Take(ReadLength()), scale);

    internal decimal ReadDecimalFixed(int scale, int size) => AvroDecimal.Read(Take(size), scale);

    /// <summary>A duration of 12 bytes.</summary>
    /// <returns>The value.</returns>
    public TimeSpan ReadDuration()
    {
        var bytes = Take(12);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != 0) Fail("a duration has months, whose length a TimeSpan can't tell");
        return (TimeSpan.FromDays(1) * BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..])) + TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
    }

    /// <summary>The number of a symbol or branch.</summary>
    /// <param name="count">How many there are.</param>
    /// <returns>The number, which is less than <paramref name="count"/>.</returns>
    public int ReadIndex(int count)
    {
        var index = ReadInt();
        if ((uint)index >= (uint)count) Fail($"there are {count} symbols or branches, and no number {index}");
        return index;
    }

    /// <summary>How many items the next block has, 0 after the last.</summary>
    /// <param name="minimumSize">The fewest bytes an item has.</param>
    /// <param name="end">Where the block says that it ends; -1 where it does not say.</param>
    /// <returns>The number of items.</returns>
    public int ReadBlock(int minimumSize, out int end)
    {
        end = -1;
        var count = ReadLong();
        if (count == 0) return 0;

        if (count < 0)
        {
            if (count == long.MinValue) Fail("a block has no possible number of items");
            count = -count;
            var size = ReadLong();
            if (size < 0 || size > Remaining) Fail($"a block of {size} bytes does not fit into the {Remaining} that remain");
            end = _position + (int)size;
        }

        if (minimumSize > 0)
        {
            if (count > Remaining / minimumSize) Fail($"{count} items of at least {minimumSize} bytes do not fit into the {Remaining} that remain");
        }
        else
        {
            if (count > _itemsWithoutBytes) Fail($"{count} items without any bytes are more than a body of this length may have");
            _itemsWithoutBytes -= (int)count;
        }

        return (int)count;
    }

    /// <summary>Holds a block to where it said that it ends.</summary>
    /// <param name="end">What <see cref="ReadBlock"/> told.</param>
    public void EndBlock(int end)
    {
        if (end >= 0 && end != _position) Fail($"a block says that it ends {Math.Abs(end - _position)} bytes {(end < _position ? "before" : "after")} its last item");
    }

    internal void Skip(int length) => Take(length);

    internal void SkipLengthAndBytes() => Take(ReadLength());

    /// <summary>One more record in those around it.</summary>
    public void Enter()
    {
        if (++_depth > AvroLimits.Depth) Fail($"records stand more than {AvroLimits.Depth} deep in one another");
    }

    /// <summary>One record less.</summary>
    public void Leave() => _depth--;

    /// <summary>Reads what stands elsewhere, such as a default, and comes back.</summary>
    internal (byte[] Data, int Position, int End) Turn(byte[] data)
    {
        var here = (_data, _position, _end);
        if (_turnedAt < 0) _turnedAt = _position;
        (_data, _position, _end) = (data, 0, data.Length);
        return here;
    }

    internal void Return((byte[] Data, int Position, int End) there)
    {
        (_data, _position, _end) = there;
        if (_turnedAt == _position) _turnedAt = -1;
    }

    /// <summary>Gives up.</summary>
    /// <param name="reason">Why, as a part of a sentence.</param>
    [DoesNotReturn]
    public static void Fail(string reason) => throw new AvroFormatException(reason);

    private int ReadLength()
    {
        var length = ReadLong();
        if ((ulong)length > (ulong)Remaining) Fail($"a length of {length} bytes does not fit into the {Remaining} that remain");
        return (int)length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte ReadByte()
    {
        if (_position >= _end) Truncated(1);
        return _data[_position++];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int length)
    {
        var position = _position;
        if (length > _end - position) Truncated(length);
        _position = position + length;
        return new ReadOnlySpan<byte>(_data, position, length);
    }

    private int ReadLongInt()
    {
        var start = _position;
        var value = ReadLongLong();
        if (value is >= int.MinValue and <= int.MaxValue && _position - start <= 5) return (int)value;

        Fail("an int has more than 32 bits");
        return 0;
    }

    private long ReadLongLong()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            if (shift == 63 && next > 1) break;
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }

        Fail("a number has more than 64 bits");
        return 0;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Truncated(int length) => throw new AvroFormatException($"it ends {length - Remaining} bytes too early", isBefore: true);
}
