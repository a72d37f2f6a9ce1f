using System.Text.Json;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Health;

/// <summary>Turns the engine's state into what metrics show.</summary>
internal static class ConsumerReader
{
    private static readonly string[] States = [.. Enum.GetNames<ConsumerState>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
    private static readonly PauseReasons[] Reasons = [.. Enum.GetValues<PauseReasons>().Where(static reason => reason != PauseReasons.None)];
    private static readonly string[] ReasonNames = [.. Reasons.Select(static reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()))];

    public static ConsumerReading Read(HostedConsumer consumer)
    {
        var engine = consumer.Engine;
        var snapshot = engine?.GetSnapshot();
        return new ConsumerReading
        {
            Name = consumer.Name,
            Group = consumer.Settings?.Group ?? "",
            State = States[(int)consumer.Status.State],
            PossibleStates = States,
            PossiblePauseReasons = ReasonNames,
            Expired = snapshot?.Expired ?? 0,
            Partitions = [.. from assignment in snapshot?.Assignments ?? [] select Read(assignment, engine!.GetLogEnd(assignment.Id))],
        };
    }

    private static PartitionReading Read(AssignmentSnapshot assignment, long? logEnd) => new()
    {
        Topic = assignment.Id.Topic,
        Partition = assignment.Id.Partition,
        Lag = assignment.Lag(logEnd),
        DueLag = assignment.DueLag(logEnd),
        InFlight = assignment.Running,
        Buffered = assignment.Held - assignment.Running,
        PauseReasons = [.. Reasons.Zip(ReasonNames).Where(reason => assignment.Pauses.HasFlag(reason.First)).Select(static reason => reason.Second)],
        OldestInFlight = assignment.OldestRunning ?? TimeSpan.Zero,
        WatermarkAge = assignment.PositionAge,
        Parked = assignment.Parking is not { } parking ? null : new ParkedReading
        {
            Events = parking.Entries,
            Keys = parking.Keys,
            Bytes = parking.Bytes,
            OldestDue = parking.OldestDue ?? TimeSpan.Zero,
            RebuildTime = parking.RebuildTime,
            IsGrowing = parking.IsGrowing,
        },
    };
}
