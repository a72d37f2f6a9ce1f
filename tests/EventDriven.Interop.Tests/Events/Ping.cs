using System.Text.Json.Serialization;

namespace EventDriven.Interop.Tests.Events;

/// <summary>An event whose bytes are all characters of ASCII, in both formats, and none of them ends a line: Kafka's console tools take them as they are.</summary>
public sealed record Ping(string Id, int Count);

public sealed record PingKey(string Id);

/// <summary>Another event of the same topic.</summary>
public sealed record Pong(string Id);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Ping))]
[JsonSerializable(typeof(PingKey))]
[JsonSerializable(typeof(Pong))]
internal sealed partial class PingsJson : JsonSerializerContext;
