using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A struct that may be null. For generated code. Immutable.</summary>
/// <typeparam name="T">The struct.</typeparam>
/// <param name="value">What is told of the struct.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroNullableInfo<T>(Func<AvroTypeInfo<T>> value) : AvroTypeInfo<T?>
    where T : struct
{
    internal override IEnumerable<AvroTypeInfo> Parts => [value()];

    internal override AvroRead<T?> Read(ReadPlan plan, ReadComposer composer)
    {
        var read = composer.Compose(value(), ((ReadPlan.Case)plan).Plan);
        return reader => read(reader);
    }

    internal override AvroWrite<T?> Write(WritePlan plan, WriteComposer composer)
    {
        var write = composer.Compose(value(), ((WritePlan.Case)plan).Plan);
        var schema = plan.Schema;
        return (writer, there) =>
        {
            if (there is null) AvroWriter.Fail(schema.NullReason);
            write(writer, there.GetValueOrDefault());
        };
    }

    internal override AvroWriteBranch<T?> Branch(int index, WritePlan plan, WriteComposer composer)
    {
        var write = value().Branch(index, plan, composer);
        return (writer, there) => write(writer, there.GetValueOrDefault());
    }
}
