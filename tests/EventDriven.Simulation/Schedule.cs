using EventDriven.Kafka;

namespace EventDriven.Simulation;

/// <summary>
/// What one seed decides beforehand: the options of the consumer and which faults may occur how often. Each schedule has only some of the faults, so that
/// each fault also meets the others absent.
/// </summary>
internal sealed class Schedule
{
    /// <param name="random">Where what it decides comes from.</param>
    /// <param name="extra">Where what it decides about what came later comes from.</param>
    /// <param name="batches">Where what it decides about batches comes from; null where events are handled one by one.</param>
    /// <param name="failing">What it decides about failures; null where they stop their partition.</param>
    /// <param name="transactions">What it decides about transactions; null where there are none.</param>
    public Schedule(SimulationRandom random, SimulationRandom extra, SimulationRandom? batches, FailureSchedule? failing, TransactionSchedule? transactions)
    {
        Partitions = random.Between(1, 3);
        Members = random.Pick([1, 2, 2, 2, 3]);
        Keys = random.Between(1, 6);
        NullKeys = random.Chance(30) ? random.Between(5, 50) : 0;
        Steps = random.Between(30, 160);
        Workers = random.Between(1, 6);
        SlowHandlers = random.Pick([0, 0, 5, 20]);
        DeafHandlers = random.Pick([0, 30, 100]);
        Failures = random.Pick([0, 0, 0, 3, 10]);
        BackOffs = random.Pick([0, 0, 10]);
        CommitFaults = random.Pick([0, 0, 10, 40]);
        LookUpFaults = random.Pick([0, 0, 30]);
        Gaps = random.Pick([0, 10, 40]);
        Options = new EventConsumerOptions
        {
            Topics = ["orders"],
            Group = "group",
            Ordering = random.Pick([OrderingMode.Partition, OrderingMode.Key, OrderingMode.Key, OrderingMode.None]),
            MaxConcurrency = Workers,
            MaxBufferedRecords = random.Pick([1, 4, 9, 20, 1_000]),
            MaxBufferedBytes = random.Pick([1, 1_000, 3_000, 1_000_000]),
            MaxReplay = random.Pick([1, 2, 5, 1_000, 1_000]),
            CommitInterval = TimeSpan.FromMilliseconds(random.Pick([20, 100, 400])),
            DrainTimeout = TimeSpan.FromMilliseconds(random.Pick([40, 200, 2_000, 2_000])),
            DrainBufferedOnStop = random.Chance(30),
            StartAt = random.Pick([StartPosition.Earliest, StartPosition.Earliest, StartPosition.Latest, StartPosition.Timestamp]),
            StartTimestamp = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(random.Between(0, 200)),
            WhenExpired = random.Pick([ExpiredEventsAction.Continue, ExpiredEventsAction.Stop]),
            StuckAfter = random.Chance(20) ? TimeSpan.FromMilliseconds(500) : null,
            WhenStuck = random.Pick([StuckAction.Report, StuckAction.LeaveGroup]),
        };
        Failing = failing;
        if (failing is { IsSiege: true })
        {
            Partitions = 1;
            Members = 2;
            LookUpFaults = CommitFaults = 0;
            Options.StartAt = StartPosition.Earliest;
            Options.CommitInterval = TimeSpan.FromMilliseconds(20);
        }

        Topics = [("orders", Partitions), .. failing?.RetryTopics(Partitions) ?? []];
        AllPartitions = Topics.Sum(static topic => topic.Partitions);
        if (failing?.Mode == FailureMode.Parking)
        {
            // Nothing else has a key's order to keep.
            Options.Ordering = OrderingMode.Key;
            Options.MaxParkedEvents = failing.MaxParked;
        }

        if (batches is not null)
        {
            Options.MaxBatchEvents = Math.Min(batches.Pick([1, 2, 3, 5, 8]), Math.Min(Options.MaxReplay, Options.MaxBufferedRecords));
            Options.MaxBatchWait = TimeSpan.FromMilliseconds(batches.Pick([0, 5, 30, 30, 200, 5_000]));
            Tombstones = batches.Pick([0, 0, 10]);
        }

        AutoCommitInterval = Math.Max(5, (int)Options.CommitInterval.TotalMilliseconds / 4);

        foreach (var fault in Enum.GetValues<Fault>())
        {
            Weights[(int)fault] = random.Chance(45) ? random.Between(1, 6) : 0;
        }

        if (failing is { IsStorm: true })
        {
            Keys = Math.Min(Keys, 2);
            Steps = Math.Max(Steps, 140);
            Weights[(int)Fault.Truncation] = Weights[(int)Fault.Seek] = Weights[(int)Fault.Retention] = 0;
            Weights[(int)Fault.Crash] = Math.Max(Weights[(int)Fault.Crash], 4);
            Weights[(int)Fault.Expire] = Math.Max(Weights[(int)Fault.Expire], 2);
        }

        if (failing is { IsSiege: true })
        {
            Steps = 300;
            Array.Clear(Weights);
        }

        Transactions = transactions;
        if (transactions is not null)
        {
            // What is new where a log went back has offsets that are in the output already.
            Weights[(int)Fault.Truncation] = 0;
            failing?.KeepOffsets();
        }

        PartitionPauses = extra.Pick([0, 50]);
        if (extra.Chance(20) && failing is not { IsSiege: true })
        {
            Options.StartOffsets["orders"] = new Dictionary<int, long> { [extra.Next(Partitions)] = extra.Between(0, 30) };
        }
    }

    public int Partitions { get; }

    /// <summary>What the group reads: the source topic, then the retry topics.</summary>
    public (string Name, int Partitions)[] Topics { get; }

    /// <summary>How many partitions they have together.</summary>
    public int AllPartitions { get; }

    public int Members { get; }

    public int Keys { get; }

    /// <summary>Percentages.</summary>
    public int NullKeys { get; }

    public int SlowHandlers { get; }

    /// <summary>How many handlers do not care for cancellation.</summary>
    public int DeafHandlers { get; }

    public int Failures { get; }

    public int BackOffs { get; }

    /// <summary>What becomes of events that fail; null where they stop their partition.</summary>
    public FailureSchedule? Failing { get; }

    /// <summary>How output and positions are committed together; null where they are not.</summary>
    public TransactionSchedule? Transactions { get; }

    public int CommitFaults { get; }

    public int Tombstones { get; }

    public int LookUpFaults { get; }

    public int Gaps { get; }

    /// <summary>How many of the user's pauses are of one partition.</summary>
    public int PartitionPauses { get; }

    public int Steps { get; }

    public int Workers { get; }

    public int AutoCommitInterval { get; }

    public EventConsumerOptions Options { get; }

    /// <summary>How often each fault occurs, against a weight of 100 for all ordinary steps together.</summary>
    public int[] Weights { get; } = new int[Enum.GetValues<Fault>().Length];

    /// <summary>Whether where to start on a partition without a committed position must be looked up.</summary>
    public bool IsStartLookedUp(int partition) =>
        partition < Partitions && (Options.StartAt != StartPosition.Earliest || (Options.StartOffsets.TryGetValue("orders", out var offsets) && offsets.ContainsKey(partition)));

    public override string ToString() =>
        $"{Partitions} partition(s), {Members} member(s), {Options.Ordering} order, {Keys} keys, {Workers} workers, records {Options.MaxBufferedRecords}, "
        + $"bytes {Options.MaxBufferedBytes}, replay {Options.MaxReplay}, commit {Options.CommitInterval.TotalMilliseconds} ms, "
        + $"drain {Options.DrainTimeout.TotalMilliseconds} ms{(Options.DrainBufferedOnStop ? " with buffer" : "")}, start {Options.StartAt}"
        + $"{string.Concat(Options.StartOffsets.Values.SelectMany(static offsets => offsets).Select(static start => $" ({start.Key} at {start.Value})"))}, expired {Options.WhenExpired}"
        + (Options.MaxBatchEvents is { } events ? $", batches of {events} within {Options.MaxBatchWait.TotalMilliseconds} ms" : "")
        + (Failing is null ? "" : $"; {Failing}")
        + (Transactions is null ? "" : $"; {Transactions}");
}
