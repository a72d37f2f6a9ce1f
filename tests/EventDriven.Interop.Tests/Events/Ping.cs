namespace EventDriven.Interop.Tests.Events;

/// <summary>An event whose bytes are all characters of ASCII, in both formats, and none of them ends a line: Kafka's console tools take them as they are.</summary>
public sealed record Ping(string Id, int Count);

public sealed record PingKey(string Id);
