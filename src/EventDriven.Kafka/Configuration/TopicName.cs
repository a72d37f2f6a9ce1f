using System.Buffers;

namespace EventDriven.Kafka.Configuration;

/// <summary>The rules of Kafka for names of topics.</summary>
internal static class TopicName
{
    private const int MaxLength = 249;

    private static readonly SearchValues<char> Legal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>What is wrong with a name, and how to mend it; null if nothing is.</summary>
    public static string? Problem(string? topic)
    {
        if (string.IsNullOrEmpty(topic)) return "the name of a topic is empty. Name a topic.";
        if (topic[0] == '^') return $"'{topic}' is a pattern, and patterns of topics are not supported. Name each topic.";
        if (topic is "." or "..") return $"'{topic}' is not a name that Kafka allows.";
        if (topic.Length > MaxLength) return $"'{topic[..20]}…' has {topic.Length} characters. Kafka allows {MaxLength}.";
        return topic.AsSpan().ContainsAnyExcept(Legal) ? $"'{topic}' has characters that Kafka does not allow. Use letters, digits, '.', '_' and '-'." : null;
    }
}
