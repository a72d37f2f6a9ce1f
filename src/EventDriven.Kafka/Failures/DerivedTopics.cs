using System.Buffers;
using System.Globalization;
using System.Text;

namespace EventDriven.Kafka.Failures;

/// <summary>How the topics that belong to one group and one source topic are named: <c>{group}--{topic}--retry-5s</c>, <c>--parked</c>, <c>--dlq</c>. <see cref="FailureTopics"/> has the names of a consumer.</summary>
internal static class DerivedTopics
{
    /// <summary>The longest name that Kafka takes.</summary>
    public const int MaxLength = 249;

    public const string Separator = "--";

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>What the kind of a retry topic begins with; its delay follows.</summary>
    public const string RetryKind = "retry-";

    public const string ParkedKind = "parked";

    public const string DeadLetterKind = "dlq";

    /// <summary>What all topics of a group and a source begin with.</summary>
    public static string Prefix(string group, string topic) => $"{Escape(group)}{Separator}{topic}{Separator}";

    /// <summary>
    /// A group as part of the name of a topic. What a topic may not have becomes <c>_u</c> and four hexadecimal digits for each UTF-16 code unit; an underscore that
    /// would read like one of those is written so too, so that no two groups have one name.
    /// </summary>
    public static string Escape(string group)
    {
        var name = new StringBuilder(group.Length);
        for (var i = 0; i < group.Length; i++)
        {
            var c = group[i];
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' || (c == '_' && !ReadsLikeAnEscape(group, i)))
            {
                name.Append(c);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"_u{(int)c:x4}");
            }
        }

        return name.ToString();
    }

    private static bool ReadsLikeAnEscape(string group, int index) =>
        index + 6 <= group.Length && group[index + 1] == 'u' && !group.AsSpan(index + 2, 4).ContainsAnyExcept(LowerHex);
}
