using System.Buffers;

namespace EventDriven.Kafka.Configuration;

/// <summary>The rules of Kafka for names.</summary>
internal static class TopicName
{
    private const int MaxLength = 249;

    private static readonly SearchValues<char> Legal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>What is wrong with a name, and how to mend it; null if nothing is.</summary>
    public static string? Problem(string? topic)
    {
        if (string.IsNullOrEmpty(topic)) return "the name of a topic is empty. Name a topic.";
        if (TopicPattern.Is(topic)) return TopicPattern.Problem(topic);
        return ProblemOfName(topic);
    }

    /// <summary>What is wrong with the id of a group's instance, for which Kafka has the same rules; null if nothing is.</summary>
    public static string? ProblemOfInstanceId(string id) => id.Length == 0 ? "is empty. Set an id, or leave it out." : ProblemOfName(id);

    private static string? ProblemOfName(string name)
    {
        if (name is "." or "..") return $"'{name}' is not a name that Kafka allows.";
        if (name.Length > MaxLength) return $"'{name[..20]}…' has {name.Length} characters. Kafka allows {MaxLength}.";
        return name.AsSpan().ContainsAnyExcept(Legal) ? $"'{name}' has characters that Kafka does not allow. Use letters, digits, '.', '_' and '-'." : null;
    }
}
