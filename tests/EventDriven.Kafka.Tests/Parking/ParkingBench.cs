using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Tests.Consuming;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Owners of one partition, one after the other, over one parked log. What is written without a test saying otherwise is acknowledged at once.</summary>
internal sealed class ParkingBench
{
    public MemoryParkedLog Log { get; } = new();

    public EventConsumerOptions Options { get; } = new() { Ordering = OrderingMode.Key };

    /// <summary>Asked between reading and claiming, with what stands in the log then.</summary>
    public Func<Task<bool>> Prove { get; set; } = static () => Task.FromResult(true);

    /// <summary>A new owner, whose position is known and which has claimed the log, if that answers.</summary>
    public AssignmentBench Open(long position, ParkingRules rules = ParkingRules.All, int claimAnewAfter = 50_000)
    {
        var owner = new AssignmentBench(Options, new ParkingSettings { Logs = Log, Rules = rules, ClaimAnewAfter = claimAnewAfter });
        owner.Assignment.StartAt(new Kafka.Offsets.Position(position, -1));
        _ = owner.Assignment.Parking!.RunAsync(() => Prove());
        return owner;
    }

    /// <summary>An owner that is gone without a word.</summary>
    public static void Crash(AssignmentBench owner)
    {
        owner.Assignment.Fence();
        owner.Assignment.Cancel();
    }
}
