using System.Buffers.Binary;
using System.Text;

namespace EventDriven.Benchmarks.Avro;

/// <summary>How one reads Avro by hand: the span checks what is taken from it, and nothing else does.</summary>
internal ref struct HandReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;

    public long Long()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = _data[_position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    public double Double()
    {
        _position += sizeof(double);
        return BinaryPrimitives.ReadDoubleLittleEndian(_data[(_position - sizeof(double))..]);
    }

    public string Text()
    {
        var length = (int)Long();
        _position += length;
        return Encoding.UTF8.GetString(_data.Slice(_position - length, length));
    }

    public decimal Money()
    {
        var length = (int)Long();
        long unscaled = (sbyte)_data[_position];
        for (var i = 1; i < length; i++) unscaled = (unscaled << 8) | _data[_position + i];
        _position += length;
        return unscaled / 100m;
    }
}
