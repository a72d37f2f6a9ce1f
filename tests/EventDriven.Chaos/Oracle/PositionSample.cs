namespace EventDriven.Chaos.Oracle;

/// <summary>What a group had committed of a partition when somebody asked.</summary>
/// <param name="Service">The consumer.</param>
/// <param name="Place">The partition, of its source or of one of its retry topics.</param>
/// <param name="Asked">When it was asked for.</param>
/// <param name="At">When the answer was there.</param>
/// <param name="Committed">The committed offset.</param>
/// <param name="End">The end of the partition.</param>
internal sealed record PositionSample(string Service, TopicPlace Place, long Asked, long At, long Committed, long End);
