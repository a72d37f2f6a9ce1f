using System.Buffers.Binary;
using System.Text;

namespace EventDriven.Benchmarks.Avro;

/// <summary>How one writes Avro by hand: scratch on the stack of the thread, a position, and one array at the end.</summary>
internal ref struct HandWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _position;

    public readonly byte[] ToArray() => _buffer[.._position].ToArray();

    /// <summary>What stands in front of an event to name its schema.</summary>
    public void Frame(int id)
    {
        _buffer[_position++] = 0;
        BinaryPrimitives.WriteInt32BigEndian(_buffer[_position..], id);
        _position += sizeof(int);
    }

    public void Long(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        while (rest >= 0x80)
        {
            _buffer[_position++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _buffer[_position++] = (byte)rest;
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer[_position..], value);
        _position += sizeof(double);
    }

    public void Text(string value)
    {
        Long(Encoding.UTF8.GetByteCount(value));
        _position += Encoding.UTF8.GetBytes(value, _buffer[_position..]);
    }

    /// <summary>A decimal of two digits after the point, below 2^63.</summary>
    public void Money(decimal value)
    {
        var unscaled = (long)(value * 100);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, unscaled);
        var start = 0;
        while (start < 7 && ((bytes[start] == 0 && bytes[start + 1] < 0x80) || (bytes[start] == 0xff && bytes[start + 1] >= 0x80))) start++;
        Long(8 - start);
        bytes[start..].CopyTo(_buffer[_position..]);
        _position += 8 - start;
    }
}
