namespace EventDriven.Chaos.Oracle;

/// <summary>An operator's reset of a group to an earlier offset.</summary>
internal sealed record OffsetReset(string Service, TopicPlace Place, long Offset, long At);
