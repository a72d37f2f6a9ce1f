namespace EventDriven.Chaos.Oracle;

/// <summary>An event that its producer was told is written.</summary>
internal sealed record Receipt(TopicPlace Place, long Offset, string? Key, long Number);
