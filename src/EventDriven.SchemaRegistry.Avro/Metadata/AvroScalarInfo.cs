using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A type without parts.</summary>
internal sealed class AvroScalarInfo<T>(Func<ReadPlan.Scalar, AvroRead<T>> read, Func<WritePlan.Scalar, AvroWrite<T>> write) : AvroTypeInfo<T>
{
    internal override AvroRead<T> Read(ReadPlan plan, ReadComposer composer) => read((ReadPlan.Scalar)plan);

    internal override AvroWrite<T> Write(WritePlan plan, WriteComposer composer) => write((WritePlan.Scalar)plan);
}
