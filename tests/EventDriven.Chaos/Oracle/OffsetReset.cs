namespace EventDriven.Chaos.Oracle;

/// <summary>An operator's reset of a group to an earlier offset.</summary>
/// <param name="Service">The consumer.</param>
/// <param name="Place">The partition.</param>
/// <param name="Offset">Where the group was put.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Done">When the coordinator had answered.</param>
internal sealed record OffsetReset(string Service, TopicPlace Place, long Offset, long At, long Done);
