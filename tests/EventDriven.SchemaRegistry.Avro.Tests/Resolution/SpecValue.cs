namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>A value as the reader's schema has it. Branch is that of the reader's union it stands in, -1 where it stands in none.</summary>
internal sealed record SpecValue(object? Content, int Branch = -1);
