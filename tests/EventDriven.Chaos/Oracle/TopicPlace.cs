namespace EventDriven.Chaos.Oracle;

/// <summary>A partition of a topic.</summary>
internal readonly record struct TopicPlace(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}[{Partition}]";
}
