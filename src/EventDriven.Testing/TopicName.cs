using System.Buffers;

namespace EventDriven.Testing;

/// <summary>Kafka's rule for topic names, which the mock cluster does not check.</summary>
internal static class TopicName
{
    private const int MaxLength = 249;
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    internal static void ThrowIfInvalid(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxLength || name is "." or ".." || name.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw new ArgumentException(
                $"'{name}' cannot be a topic's name: 1 to {MaxLength} letters, digits, dots, underscores and hyphens, and not just dots.", nameof(name));
        }
    }
}
