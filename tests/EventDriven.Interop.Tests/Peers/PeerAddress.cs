namespace EventDriven.Interop.Tests.Peers;

/// <summary>Where a key or value is, and in which format.</summary>
/// <param name="Registry">The address of the registry.</param>
/// <param name="Format"><c>AVRO</c> or <c>JSON</c>.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Component">Key or value.</param>
public sealed record PeerAddress(string Registry, string Format, string Topic, EventComponent Component);
