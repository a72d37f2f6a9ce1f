using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>A log that answers as a test says, and notes what was written.</summary>
internal sealed class ScriptedHandOverLog : IHandOverLog
{
    public ConcurrentQueue<Written> Attempts { get; } = new();

    /// <summary>The answer to each write; null acknowledges it.</summary>
    public Func<Written, Exception?> Answer { get; set; } = static _ => null;

    /// <summary>What a write waits for before its answer.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<EventReceipt> AppendAsync(string topic, int partition, byte[]? key, byte[]? value, Headers headers)
    {
        var written = new Written(topic, partition, key, value, headers);
        Attempts.Enqueue(written);
        await Gate;
        return Answer(written) is { } refused ? throw refused : new EventReceipt { Topic = topic, Partition = partition, Offset = Attempts.Count, Timestamp = DateTimeOffset.UnixEpoch };
    }

    public static EventProduceException Refuse(ProduceFailureReason reason) => new($"refused: {reason}", "dead", null, reason);

    internal sealed record Written(string Topic, int Partition, byte[]? Key, byte[]? Value, Headers Headers)
    {
        public string[] Names => [.. Headers.Select(static header => header.Key)];

        public string? Text(string name) => Headers.TryGetLastBytes(name, out var bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : null;
    }
}
