namespace EventDriven.Kafka.Tests.Hostile;

/// <summary>An event with a bit of everything that JSON is read into.</summary>
internal sealed record HostileEvent(
    string Id, int Number, decimal Price, DateTimeOffset At, HostileKind Kind, IReadOnlyList<HostileLine>? Lines, IReadOnlyDictionary<string, string>? Tags, HostileEvent? Parent)
{
    public System.Text.Json.JsonElement? Anything { get; init; }
}

internal sealed record HostileLine(string Sku, long Count);

internal enum HostileKind
{
    Normal,
    Express,
}
