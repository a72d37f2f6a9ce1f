using EventDriven.Kafka.Failures;

namespace EventDriven.Simulation;

/// <summary>What one seed decides beforehand about failures: the policy, how events fail, and how the topics behave that failed ones go to.</summary>
internal sealed class FailureSchedule
{
    public FailureSchedule(SimulationRandom random, FailureMode mode, bool isSiege)
    {
        Random = random;
        Mode = mode;
        var delays = new RetryDelay[mode == FailureMode.Parking ? random.Between(1, 3) : random.Pick([0, 0, 1, 2, 3])];
        for (var i = 0; i < delays.Length; i++)
        {
            delays[i] = new RetryDelay(TimeSpan.FromMilliseconds(random.Pick([1, 20, 100, 1_000, 5_000])));
        }

        Policy = new FailurePolicy
        {
            Classifier = FailureClassifier.Default,
            Delays = delays,
            KeepsKeyOrder = mode == FailureMode.Parking,
            End = random.Pick([FailureStep.DeadLetter, FailureStep.DeadLetter, FailureStep.DeadLetter, FailureStep.Skip, FailureStep.Stop]),
        };
        Transient = random.Pick([5, 20, 50]);
        Poison = Policy.End == FailureStep.Stop ? 0 : random.Pick([0, 3, 10]);
        Fatal = random.Pick([0, 0, 20, 100]);
        AppendFaults = random.Pick([0, 10, 30, 60]);
        LateAppends = random.Pick([0, 20, 50]);
        SlowAppends = random.Pick([0, 10, 50]);
        Freezes = random.Pick([0, 0, 2, 8]);
        Redrives = mode == FailureMode.Parking ? random.Pick([0, 0, 4]) : 0;
        Resets = mode == FailureMode.Parking ? random.Pick([0, 0, 4]) : 0;
        ClaimAnewAfter = random.Pick([1, 3, 20, 50_000]);
        MaxParked = random.Pick([1, 2, 5, 20, 100_000]);
        ClockJumps = random.Pick([0, 0, 0, 2]);
        SlowReads = mode == FailureMode.Parking ? random.Pick([0, 0, 30]) : 0;
        IsSiege = isSiege;
        IsStorm = (mode == FailureMode.Parking && random.Chance(40)) || IsSiege;
        if (IsStorm)
        {
            Array.Fill(delays, new RetryDelay(TimeSpan.FromMilliseconds(random.Pick([1, 20]))));
            Transient = 50;
            Fatal = 0;
            AppendFaults = random.Pick([10, 30, 60]);
            LateAppends = 50;
            SlowAppends = random.Pick([10, 50]);
            SlowReads = random.Pick([20, 60]);
            ClaimAnewAfter = random.Pick([1, 2, 4]);
            ClockJumps = 0;
        }

        if (IsSiege)
        {
            (AppendFaults, LateAppends, Freezes, Redrives, Resets) = (0, 0, 0, 0, 0);
            SlowAppends = 10;
            ClaimAnewAfter = 1;
            MaxParked = 100_000;
        }
    }

    /// <summary>What decides how events fail.</summary>
    public SimulationRandom Random { get; }

    public FailureMode Mode { get; }

    public FailurePolicy Policy { get; }

    /// <summary>Percentages: how many events fail a few times, and how many fail whenever they are tried.</summary>
    public int Transient { get; }

    public int Poison { get; }

    /// <summary>How many of them fail in a way that no attempt can mend.</summary>
    public int Fatal { get; }

    /// <summary>How many writes are told to have failed.</summary>
    public int AppendFaults { get; }

    /// <summary>How many of the failed ones land all the same, now or later, and how many of the others land twice.</summary>
    public int LateAppends { get; }

    public int SlowAppends { get; }

    /// <summary>How often processes freeze, against a weight of 100 for ordinary steps.</summary>
    public int Freezes { get; }

    /// <summary>How often a person puts an event back, and how often one sets the group's offsets back.</summary>
    public int Redrives { get; }

    public int Resets { get; private set; }

    /// <summary>
    /// Whether much is parked for a short time, and processes are gone before what they have written is acknowledged: what the protocol of the parked log is for. The
    /// source keeps its records then, so that the order is known up to the end.
    /// </summary>
    public bool IsStorm { get; }

    /// <summary>
    /// A storm on one partition, without faults but one: its owner dies while a trim is under way that passes over claims, so that whoever comes next is about to claim
    /// when it is done. By chance alone schedules hardly come to that.
    /// </summary>
    public bool IsSiege { get; }

    /// <summary>How often a process has its wall clock set, an hour forward or back.</summary>
    public int ClockJumps { get; }

    /// <summary>How many reads of the parked log take long.</summary>
    public int SlowReads { get; }

    /// <summary>After how many entries an owner claims anew.</summary>
    public int ClaimAnewAfter { get; }

    /// <summary>How many events of a partition may be parked.</summary>
    public int MaxParked { get; }

    /// <summary>The retry topics that the policy needs, with at most as many partitions as the source.</summary>
    public IEnumerable<(string Name, int Partitions)> RetryTopics(int partitions) => Mode == FailureMode.Parking
        ? []
        : Policy.Delays.Distinct().Select(delay => ($"group--orders--retry-{delay}", Random.Between(1, partitions)));

    /// <summary>Has nobody set the group's offsets back: what is handled again because of that is in the output twice.</summary>
    public void KeepOffsets() => Resets = 0;

    /// <summary>Decides how an event fails.</summary>
    public void Spoil(Broker.LogEntry entry)
    {
        entry.IsFatal = Random.Chance(Fatal);
        entry.IsPoison = Random.Chance(Poison);
        entry.FailuresLeft = entry.IsPoison ? 1 : Random.Chance(Transient) ? Random.Between(1, Policy.Delays.Count + 2) : 0;
    }

    public override string ToString() =>
        $"{Mode}{(IsSiege ? ", a siege" : IsStorm ? ", a storm" : "")}, steps {string.Join(' ', Policy.Delays)}, end {Policy.End}, failing {Transient} %, poison {Poison} %, fatal {Fatal} %, appends fail {AppendFaults} %, late {LateAppends} %, slow {SlowAppends} %, slow reads {SlowReads} %, freezes {Freezes}, clock jumps {ClockJumps}, redrives {Redrives}, resets {Resets}, at most {MaxParked} parked, a new claim after {ClaimAnewAfter}";
}
