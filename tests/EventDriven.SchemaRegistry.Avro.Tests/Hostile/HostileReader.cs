namespace EventDriven.SchemaRegistry.Avro.Tests.Hostile;

/// <summary>Something that reads bodies.</summary>
/// <param name="Sample">A body that it reads.</param>
/// <param name="Read">Reads a body, and tells whether it was one, or was refused with the exception that is allowed.</param>
internal sealed record HostileReader(byte[] Sample, Func<byte[], bool> Read);
