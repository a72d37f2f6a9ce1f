namespace EventDriven.Chaos.Oracle;

/// <summary>What the oracle must know of a consumer to judge it.</summary>
internal sealed record JudgedService
{
    public required string Name { get; init; }

    public required string Topic { get; init; }

    /// <summary>Whether events of one key are to be started in order.</summary>
    public bool InKeyOrder { get; init; }

    /// <summary>Whether the events of a partition are to be started in order.</summary>
    public bool InPartitionOrder { get; init; }

    /// <summary>Whether failed events wait in a log of their own, behind the committed position.</summary>
    public bool Parks { get; init; }

    /// <summary>Whether failed events come again from topics that other members may read.</summary>
    public bool ReadsRetryTopics { get; init; }

    /// <summary>
    /// Whether it writes its output in transactions with its positions. Where one is aborted its handlers run again, within one assignment too; it is the output that holds each event
    /// once, and in order.
    /// </summary>
    public bool WritesOutput { get; init; }

    /// <summary>Records above the watermark that may be finished.</summary>
    public int MaxReplay { get; init; }

    /// <summary>Attempts before an event is put aside. One that would succeed within them must not be.</summary>
    public int Attempts { get; init; }
}
