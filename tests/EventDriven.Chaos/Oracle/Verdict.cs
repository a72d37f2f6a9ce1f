namespace EventDriven.Chaos.Oracle;

/// <summary>What the oracle says, and what it has counted.</summary>
internal sealed class Verdict
{
    /// <summary>What is judged, in the words of the report.</summary>
    public static IReadOnlyList<(string Invariant, string Promise)> Promises { get; } =
    [
        ("P", "Every acknowledged event is in its topic once, in the order of its key"),
        ("I1", "Every event was handled, filtered or put aside in the dead letters"),
        ("I2", "Events of a key, or of a partition, in order; what is repeated is a suffix"),
        ("I3", "Commits tell the truth and never go back; nobody works on what it has lost"),
        ("I4", "No offset passed before its failed event was handed over"),
        ("I5", "Duplicates only where something crashed, and no more than the bound"),
        ("X", "What is written in transactions holds each event once, in the order of its key"),
        ("I6", "Everything was finished in time once the faults had ended"),
    ];

    public List<Violation> Violations { get; } = [];

    public bool IsClean => Violations.Count == 0;

    public long Events { get; set; }

    public long Runs { get; set; }

    public long Handled { get; set; }

    public long Filtered { get; set; }

    public long DeadLettered { get; set; }

    public long Retried { get; set; }

    public long Parked { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Records that were written in transactions and are visible.</summary>
    public long Outputs { get; set; }

    /// <summary>What the crashes and losses of this run allowed.</summary>
    public long DuplicateBound { get; set; }

    /// <summary>Of the duplicates, parked events whose marker that they were done was not written before their owner's end.</summary>
    public long Unmarked { get; set; }

    /// <summary>How many of the duplicates were read again since the client began below what was committed, with a broker away, and its member has told so.</summary>
    public long WentBack { get; set; }

    /// <summary>Partitions that were given up at a stop whose last commit got no answer in time, as their member has told.</summary>
    public int Abandoned { get; set; }

    /// <summary>Attempts of members that had lost the partition without knowing it.</summary>
    public long ZombieRuns { get; set; }

    /// <summary>Looks at which a committed offset was lower than before, during and shortly after an outage of a broker.</summary>
    public int LateCommits { get; set; }

    public int Ownerships { get; set; }

    public int PositionsChecked { get; set; }

    public Dictionary<string, long> DuplicatesByService { get; } = [];

    public void Add(string invariant, string service, string text) => Violations.Add(new Violation(invariant, service, text));
}
