namespace EventDriven.Interop.Tests.Peers;

/// <summary>Where a key or value is, and in which format.</summary>
/// <param name="Registry">The address of the registry.</param>
/// <param name="Format"><c>AVRO</c>, <c>JSON</c> or <c>PROTOBUF</c>.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Component">Key or value.</param>
/// <param name="Message">Of Protobuf: the message.</param>
public sealed record PeerAddress(string Registry, string Format, string Topic, EventComponent Component, PeerMessage? Message = null);
