namespace EventDriven.Chaos.Oracle;

/// <summary>A record of a source topic, as somebody reads it who sees what is committed.</summary>
internal sealed record SourceRecord
{
    public required TopicPlace Place { get; init; }

    public required long Offset { get; init; }

    /// <summary>Null for one without a key.</summary>
    public string? Key { get; init; }

    public long Number { get; init; }

    /// <summary>How many attempts it makes fail.</summary>
    public int Fails { get; init; }

    /// <summary>Whether it can be decoded. What can't never gets to a handler.</summary>
    public bool IsReadable { get; init; } = true;
}
