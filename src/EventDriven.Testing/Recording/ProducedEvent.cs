using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Testing;

/// <summary>A record as it stands in a topic, whoever produced it.</summary>
public sealed class ProducedEvent : RecordedEvent
{
    private readonly EventDecoder _decoder;

    internal ProducedEvent(
        EventDecoder decoder, string topic, int partition, long offset, long timestampMs, byte[]? key, byte[]? value, EventHeaders headers)
        : base(topic, partition, offset, timestampMs, key, value, headers) => _decoder = decoder;

    internal override bool TryGetEvent<T>([NotNullWhen(true)] out T? @event, out DecodingProblem problem)
        where T : default => _decoder.TryDecode(this, null, out @event, out problem);
}
