namespace EventDriven.Kafka.Parking;

/// <summary>What of a parked event is needed only while it is handled.</summary>
internal sealed record ParkedPayload(byte[]? Value, object? Headers);
