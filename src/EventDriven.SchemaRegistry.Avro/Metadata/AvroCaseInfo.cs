using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>One of the types that another stands for. For generated code. Immutable.</summary>
/// <typeparam name="T">The other type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AvroCaseInfo<T>
    where T : class
{
    private protected AvroCaseInfo()
    {
    }

    internal abstract AvroTypeInfo Info { get; }

    internal abstract AvroRead<T> Read(ReadPlan plan, ReadComposer composer);

    internal abstract AvroWriteBranch<T> Write(WritePlan plan, WriteComposer composer);

    internal abstract AvroWriteBranch<T> Branch(int index, WritePlan plan, WriteComposer composer);
}
