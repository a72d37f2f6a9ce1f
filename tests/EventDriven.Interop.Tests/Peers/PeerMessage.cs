namespace EventDriven.Interop.Tests.Peers;

/// <summary>What a client knows of a Protobuf message before it meets a registry, as code that was generated from the same files would.</summary>
/// <param name="Name">The full name of the message.</param>
/// <param name="Files">The descriptors of its file and of all that it imports, in base64, each behind those that it imports itself.</param>
public sealed record PeerMessage(string Name, IReadOnlyList<string> Files);
