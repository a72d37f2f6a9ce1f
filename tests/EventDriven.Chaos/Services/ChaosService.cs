namespace EventDriven.Chaos.Services;

/// <summary>One consumer of the run: its topic, its group, and what it promises. Each worker process has all of them.</summary>
internal sealed record ChaosService(string Name, ServiceOrder Order)
{
    /// <summary>Records above the watermark of a partition that may be handled: small, so that the bound of duplicates says something.</summary>
    public const int MaxReplay = 100;

    /// <summary>Partitions of each source at the start.</summary>
    public const int Partitions = 4;

    public static ChaosService InKeyOrder { get; } = new("key", ServiceOrder.Key);

    public static ChaosService InPartitionOrder { get; } = new("partition", ServiceOrder.Partition);

    public static ChaosService WithRetryTopics { get; } = new("retry", ServiceOrder.None) { Delays = ["100ms", "500ms"], ReadsRetryTopics = true };

    public static ChaosService KeepingKeyOrder { get; } = new("parked", ServiceOrder.Key) { Delays = ["100ms", "500ms"], Parks = true };

    public static ChaosService OfBatches { get; } = new("batch", ServiceOrder.Key);

    public static ChaosService OfTransactions { get; } = new("transactional", ServiceOrder.Key) { IsTransactional = true };

    public static IReadOnlyList<ChaosService> All { get; } = [InKeyOrder, InPartitionOrder, WithRetryTopics, KeepingKeyOrder, OfBatches, OfTransactions];

    public string Topic => $"{Name}-events";

    public string Group => Name;

    /// <summary>The delays of its retry topics, or of its parked topic.</summary>
    public string[] Delays { get; private init; } = [];

    public bool ReadsRetryTopics { get; private init; }

    public bool Parks { get; private init; }

    /// <summary>Whether its topic is written in transactions, some of which are aborted, and it writes each event once to its output, in transactions of its own.</summary>
    public bool IsTransactional { get; private init; }

    /// <summary>What a service with transactions writes to.</summary>
    public string OutputTopic => $"{Name}-output";

    public IEnumerable<string> RetryTopics => ReadsRetryTopics ? Delays.Select(delay => $"{Group}--{Topic}--retry-{delay}") : [];

    public string DeadLetterTopic => $"{Group}--{Topic}--dlq";

    public string ParkedTopic => $"{Group}--{Topic}--parked";

    /// <summary>All topics to which its failed events are written.</summary>
    public IEnumerable<string> HandOverTopics => Parks ? [ParkedTopic, DeadLetterTopic] : [.. RetryTopics, DeadLetterTopic];

    /// <summary>Attempts that its policy makes before an event is put aside.</summary>
    public int Attempts => Parks ? 1 + Delays.Length : ReadsRetryTopics ? 2 * (1 + Delays.Length) : 3;
}
