using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace EventDriven.Kafka.Configuration;

/// <summary>Asks the Kafka client itself whether it accepts settings, without a connection: a client that knows no broker is built and thrown away.</summary>
internal static partial class ClientSettingsProbe
{
    /// <summary>What the client refuses: the setting, where it names one, and its own words.</summary>
    public static IEnumerable<(string? Name, string Problem)> Check(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var left = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        // A client with an explicit list of brokers would start to connect.
        left.Remove("bootstrap.servers");
        left.Remove("metadata.broker.list");

        // The client names one bad setting at a time; it is taken out until the rest is accepted.
        while (Refusal(left) is { } refusal)
        {
            yield return refusal;
            if (refusal.Name is null || !left.Remove(refusal.Name)) yield break;
        }
    }

    private static (string? Name, string Problem)? Refusal(Dictionary<string, string> settings)
    {
        // A consumer, because it accepts and checks the settings of producers too, and is gone in a millisecond.
        var config = new ConsumerConfig(new Dictionary<string, string>(settings, StringComparer.Ordinal)) { GroupId = "probe" };
        try
        {
            using var client = new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler(static (_, _) => { }).Build();
            return null;
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException or KafkaException)
        {
            var name = QuotedName().Match(refused.Message);
            return (name.Success ? name.Groups[1].Value : null, $"the Kafka client refuses it: {refused.Message.TrimEnd('.')}.");
        }
    }

    [GeneratedRegex("property:? \"([^\"]+)\"", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex QuotedName();
}
