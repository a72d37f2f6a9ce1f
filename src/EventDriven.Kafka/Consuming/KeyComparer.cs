using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Consuming;

/// <summary>Compares keys by content. The hash is seeded for each process, so that nobody can choose keys that collide.</summary>
internal sealed class KeyComparer : IEqualityComparer<byte[]>
{
    public static KeyComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
