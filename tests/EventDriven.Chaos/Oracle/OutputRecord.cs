namespace EventDriven.Chaos.Oracle;

/// <summary>A record of an output topic, as somebody reads it who sees what is committed.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Source">Where the event stands that it was made of.</param>
/// <param name="SourceOffset">The offset of that event.</param>
internal sealed record OutputRecord(TopicPlace Place, long Offset, TopicPlace Source, long SourceOffset);
