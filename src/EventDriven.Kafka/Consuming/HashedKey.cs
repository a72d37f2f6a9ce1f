namespace EventDriven.Kafka.Consuming;

/// <summary>A key by content, with its hash, which is taken once. It is seeded for each process, so that nobody can choose keys that collide.</summary>
internal readonly struct HashedKey : IEquatable<HashedKey>
{
    private readonly int _hash;

    public HashedKey(byte[]? bytes)
    {
        Bytes = bytes;
        if (bytes is not null)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            _hash = hash.ToHashCode();
        }
    }

    /// <summary>The key, byte for byte; null where there is none.</summary>
    public byte[]? Bytes { get; }

    public bool Equals(HashedKey other) => _hash == other._hash && Bytes is null == other.Bytes is null && Bytes.AsSpan().SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is HashedKey other && Equals(other);

    public override int GetHashCode() => _hash;
}
