using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>Writes Avro's binary form into memory that it keeps for the next value. For generated code. Not thread-safe; the codec has a pool of them.</summary>
/// <remarks>What it can't write is an error that the serializer turns into an <see cref="EventSerializationException"/> with the path of the field.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroWriter
{
    private byte[] _buffer = new byte[512];
    private int _position;
    private int _depth;

    internal AvroWriter()
    {
    }

    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _position);

    /// <summary>Begins anew. Memory for a large event is given back: it must not weigh on a service for ever.</summary>
    internal void Reset()
    {
        _position = 0;
        _depth = 0;
        if (_buffer.Length > AvroLimits.KeptLength) _buffer = new byte[512];
    }

    /// <summary>A boolean.</summary>
    /// <param name="value">The value.</param>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>An int, or the number of a symbol or branch.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt(int value)
    {
        var zigzag = (uint)((value << 1) ^ (value >> 31));
        if (zigzag < 0x80) WriteByte((byte)zigzag);
        else WriteVarint(zigzag);
    }

    /// <summary>A long.</summary>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLong(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        if (zigzag < 0x80) WriteByte((byte)zigzag);
        else WriteVarint(zigzag);
    }

    /// <summary>A float.</summary>
    /// <param name="value">The value.</param>
    public void WriteFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(Take(sizeof(float)), value);
        _position += sizeof(float);
    }

    /// <summary>A double.</summary>
    /// <param name="value">The value.</param>
    public void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);
        _position += sizeof(double);
    }

    /// <summary>A text.</summary>
    /// <param name="value">The value.</param>
    public void WriteString(string value)
    {
        var prefix = PrefixOf(value.Length);
        Ensure(checked((value.Length * 3) + 5));
        var start = _position + prefix;
        if (Utf8.FromUtf16(value, _buffer.AsSpan(start), out _, out var length, replaceInvalidSequences: false) is not System.Buffers.OperationStatus.Done)
        {
            throw new AvroFormatException("the text has half of a surrogate pair, which has no form in UTF-8");
        }

        // The prefix was guessed by the number of characters; text beyond ASCII may need a longer one.
        var needed = PrefixOf(length);
        if (needed != prefix) _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(_position + needed));
        WriteLong(length);
        _position += length;
    }

    /// <summary>Bytes.</summary>
    /// <param name="value">The value.</param>
    public void WriteBytes(byte[] value)
    {
        WriteLong(value.Length);
        WriteRaw(value);
    }

    /// <summary>A fixed number of bytes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="size">How many.</param>
    public void WriteFixed(byte[] value, int size)
    {
        if (value.Length != size) throw new AvroFormatException($"it has {value.Length} bytes where the schema has {size}");
        WriteRaw(value);
    }

    /// <summary>Bytes that are in Avro's form already, such as a default.</summary>
    internal void WriteEncoded(byte[] value) => WriteRaw(value);

    internal void WriteRaw(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        _position += value.Length;
    }

    /// <summary>A Guid as text.</summary>
    /// <param name="value">The value.</param>
    public void WriteGuid(Guid value)
    {
        WriteByte(36 << 1);
        value.TryFormat(Take(36), out var length);
        _position += length;
    }

    /// <summary>A Guid as 16 bytes, in the order in which its text has them.</summary>
    internal void WriteGuidBytes(Guid value)
    {
        value.TryWriteBytes(Take(16), bigEndian: true, out var length);
        _position += length;
    }

    /// <summary>A decimal as bytes.</summary>
    /// <param name="value">The value.</param>
    /// <param name="precision">How many digits at most.</param>
    /// <param name="scale">How many of them after the point.</param>
    public void WriteDecimal(decimal value, int precision, int scale)
    {
        Span<byte> bytes = stackalloc byte[AvroDecimal.MaximumLength];
        var length = AvroDecimal.Write(value, precision, scale, bytes);
        WriteLong(length);
        WriteRaw(bytes[^length..]);
    }

    internal void WriteDecimalFixed(decimal value, int precision, int scale, int size)
    {
        Span<byte> bytes = stackalloc byte[AvroDecimal.MaximumLength];
        var length = AvroDecimal.Write(value, precision, scale, bytes);
        if (length > size) throw new AvroFormatException($"it does not fit into {size} bytes");

        var target = Take(size);
        target[..(size - length)].Fill(decimal.IsNegative(value) && value != 0 ? (byte)0xff : (byte)0);
        bytes[^length..].CopyTo(target[(size - length)..]);
        _position += size;
    }

    /// <summary>Months, days and milliseconds, each as four bytes.</summary>
    /// <param name="value">The value.</param>
    public void WriteDuration(TimeSpan value)
    {
        if (value < TimeSpan.Zero || value.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new AvroFormatException("Avro's duration has whole milliseconds, and none below zero. Choose [AvroLogicalType(\"time-micros\")] for others");
        }

        var target = Take(12);
        BinaryPrimitives.WriteUInt32LittleEndian(target, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)value.Days);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)((value.Ticks % TimeSpan.TicksPerDay) / TimeSpan.TicksPerMillisecond));
        _position += 12;
    }

    /// <summary>One more record in those around it.</summary>
    public void Enter()
    {
        if (++_depth > AvroLimits.Depth) throw new AvroFormatException($"records stand more than {AvroLimits.Depth} deep in one another; does the object refer to itself?");
    }

    /// <summary>One record less.</summary>
    public void Leave() => _depth--;

    /// <summary>Gives up where nothing of the value has been written yet.</summary>
    /// <param name="reason">Why, as a part of a sentence.</param>
    [DoesNotReturn]
    public static void Fail(string reason) => throw new AvroFormatException(reason, isBefore: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteByte(byte value)
    {
        var position = _position;
        var buffer = _buffer;
        if ((uint)position >= (uint)buffer.Length) buffer = Grow(1);
        buffer[position] = value;
        _position = position + 1;
    }

    private void WriteVarint(ulong value)
    {
        var target = Take(10);
        var i = 0;
        while (value >= 0x80)
        {
            target[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[i++] = (byte)value;
        _position += i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int length)
    {
        Ensure(length);
        return _buffer.AsSpan(_position, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ensure(int length)
    {
        if (_buffer.Length - _position < length) Grow(length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte[] Grow(int length)
    {
        var wanted = Math.Min(Math.Max((long)_buffer.Length * 2, (long)_position + length), Array.MaxLength);
        if (wanted - _position < length) throw new AvroFormatException("the event has more than 2 GiB");
        Array.Resize(ref _buffer, (int)wanted);
        return _buffer;
    }

    private static int PrefixOf(int length) => length < 1 << 6 ? 1 : length < 1 << 13 ? 2 : length < 1 << 20 ? 3 : length < 1 << 27 ? 4 : 5;
}
