using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>Writes dead letters to where they are put back. Not thread-safe.</summary>
/// <param name="clients">The cluster.</param>
/// <param name="target">Where to.</param>
/// <param name="log">What writes.</param>
/// <param name="namesOf">How the topics of a group are named.</param>
/// <param name="time">The clock.</param>
internal sealed class RedriveWriter(DeadLetterClients clients, RedriveTarget target, IHandOverLog log, Func<string, FailureTopics> namesOf, TimeProvider time)
{
    private readonly Dictionary<(string? Group, string Topic), RedriveDestination> _destinations = [];

    /// <summary>Finds out where a dead letter goes; asks the brokers once for each group and topic.</summary>
    /// <exception cref="DeadLetterException">There is nowhere to put it back.</exception>
    public async Task<RedriveDestination> FindAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (letter is not { OriginalTopic: { } topic, OriginalPartition: not null, OriginalOffset: not null })
        {
            throw new DeadLetterException(
                $"The dead letter at {Coordinates(letter)} does not say where it was read first ({FailureHeaders.OriginalTopic} and its neighbours), so it can't be put back. Pass it over with a filter.");
        }

        var group = target is RedriveTarget.Group ? letter.Group ?? throw new DeadLetterException(
            $"The dead letter at {Coordinates(letter)} does not say which group it failed in ({FailureHeaders.Group}). Put it back to its original topic, or pass it over with a filter.") : null;
        if (!_destinations.TryGetValue((group, topic), out var destination))
        {
            destination = await RedriveDestination.FindAsync(clients, group, namesOf(group ?? ""), topic, cancellationToken).ConfigureAwait(false);
            _destinations.Add((group, topic), destination);
        }

        return destination;
    }

    /// <summary>Writes a dead letter. The task ends with the acknowledgement.</summary>
    public Task WriteAsync(DeadLetter letter, Message<byte[]?, byte[]?> message, RedriveDestination destination)
    {
        // By number, as it was: the same key stays behind the same events.
        var original = letter.OriginalPartition!.Value;
        return log.AppendAsync(destination.Topic, original, message.Key, message.Value, HeadersOf(letter, message, destination));
    }

    private Headers HeadersOf(DeadLetter letter, Message<byte[]?, byte[]?> message, RedriveDestination destination)
    {
        var headers = FailureHeaders.WithoutOurs(message.Headers);
        var redriven = letter.Redriven + 1;
        switch (destination.Kind)
        {
            case RedriveDestinationKind.Parked:
                return new ParkedEntryCodec(letter.Group!, letter.OriginalTopic!).WriteHeaders(new ParkedEntry
                {
                    Kind = ParkedEntryKind.Redrive,
                    Headers = headers,
                    OriginalPartition = new PartitionId(letter.OriginalTopic!, letter.OriginalPartition!.Value),
                    OriginalOffset = letter.OriginalOffset!.Value,
                    OriginalTimestampMs = TimestampOf(letter),
                    Redriven = redriven,
                });

            case RedriveDestinationKind.Retry:
                FailureHeaders.Add(headers, FailureHeaders.OriginalTopic, letter.OriginalTopic!);
                FailureHeaders.Add(headers, FailureHeaders.OriginalPartition, letter.OriginalPartition!.Value);
                FailureHeaders.Add(headers, FailureHeaders.OriginalOffset, letter.OriginalOffset!.Value);
                FailureHeaders.Add(headers, FailureHeaders.OriginalTimestamp, TimestampOf(letter));
                FailureHeaders.Add(headers, FailureHeaders.Group, letter.Group!);
                FailureHeaders.Add(headers, FailureHeaders.Attempts, 0);
                FailureHeaders.Add(headers, FailureHeaders.Step, 0);
                FailureHeaders.Add(headers, FailureHeaders.DueAt, time.GetUtcNow().ToUnixTimeMilliseconds());
                break;
        }

        FailureHeaders.Add(headers, FailureHeaders.Redriven, redriven);
        return headers;
    }

    private static long TimestampOf(DeadLetter letter) => letter.OriginalTimestamp?.ToUnixTimeMilliseconds() ?? -1;

    private static string Coordinates(DeadLetter letter) => $"{letter.Topic}[{letter.Partition}]@{letter.Offset}";
}
