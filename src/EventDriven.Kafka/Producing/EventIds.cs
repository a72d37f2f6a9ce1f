using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EventDriven.Kafka.Producing;

/// <summary>Makes UUIDs of version 7, whose randomness is fetched for several at once: fetching is what costs. Not thread-safe.</summary>
internal sealed class EventIds
{
    private const int RandomBytes = 10;
    private readonly byte[] _random = new byte[16 * RandomBytes];
    private int _left;

    /// <summary>A new id.</summary>
    /// <param name="time">The time that it begins with, to the millisecond.</param>
    public Guid Next(DateTimeOffset time)
    {
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(_random);
            _left = _random.Length;
        }

        _left -= RandomBytes;
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, time.ToUnixTimeMilliseconds() << 16);
        _random.AsSpan(_left, RandomBytes).CopyTo(id[6..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true);
    }
}
