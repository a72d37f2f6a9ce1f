using System.Diagnostics;
using System.Globalization;

namespace EventDriven.Kafka.Telemetry;

/// <summary>What one producer tells of the events it sends: one span for each, from the call to the broker's answer. Thread-safe.</summary>
internal sealed class ProducerTelemetry(Instruments instruments, string producer, string topic, TimeProvider time)
{
    private const string Operation = "send";
    private readonly string _spanName = $"{Operation} {topic}";
    private readonly KeyValuePair<string, object?>[] _own = [new(Attributes.Topic, topic), new(Attributes.Producer, producer)];

    private readonly KeyValuePair<string, object?>[] _tags =
    [
        new(Attributes.System, "kafka"),
        new(Attributes.OperationName, Operation),
        new(Attributes.OperationType, Operation),
        new(Attributes.Topic, topic),
        new(Attributes.Producer, producer),
    ];

    /// <summary>Whether anybody listens; if not, <see cref="Begin"/> need not be called.</summary>
    public bool IsEnabled => instruments.IsSendingObserved;

    /// <summary>A call begins. Its span becomes the current one, which the caller must undo before it returns.</summary>
    public SendOperation Begin() => new(
        instruments.Start(_spanName, ActivityKind.Producer, default, _tags), time.GetTimestamp());

    /// <summary>The broker has acknowledged it.</summary>
    public void Delivered(in SendOperation operation, int partition, long offset)
    {
        instruments.Count(instruments.Sent, _tags);
        if (operation.Span is { IsAllDataRequested: true } span)
        {
            span.SetTag(Attributes.Partition, partition.ToString(CultureInfo.InvariantCulture));
            span.SetTag(Attributes.Offset, offset);
        }

        instruments.Time(instruments.OperationDuration, time.GetElapsedTime(operation.StartedAt), _tags);
        instruments.Stop(operation.Span);
    }

    /// <summary>It has failed.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="wasSent">Whether it came into the client; if not, it does not count as sent.</param>
    /// <param name="error">What kind of error it was.</param>
    public void Failed(in SendOperation operation, bool wasSent, string error)
    {
        var tags = new TagList(_tags) { { Attributes.ErrorType, error } };
        if (wasSent) instruments.Count(instruments.Sent, tags);
        instruments.Time(instruments.OperationDuration, time.GetElapsedTime(operation.StartedAt), tags);
        if (operation.Span is { IsAllDataRequested: true } span)
        {
            span.SetTag(Attributes.ErrorType, error);
            span.SetStatus(ActivityStatusCode.Error);
        }

        instruments.Stop(operation.Span);
    }

    /// <summary>A call has begun to wait for room.</summary>
    public long WaitsForRoom() => time.GetTimestamp();

    /// <summary>A call waits for room no longer.</summary>
    public void WaitedForRoom(long since) => instruments.Time(instruments.RoomWaitDuration, time.GetElapsedTime(since), _own);
}
