using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>What compiled code calls where a value can't be written.</summary>
internal static class WriteErrors
{
    [DoesNotReturn]
    public static void Fail(string reason) => throw new AvroFormatException(reason, isBefore: true);
}
