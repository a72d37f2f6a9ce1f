using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A member of a record. For generated code. Immutable.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="TValues">A generated struct with what is read for the members.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AvroMemberInfo<T, TValues>
    where TValues : struct
{
    private protected AvroMemberInfo()
    {
    }

    internal abstract TypeMember Member { get; }

    internal abstract AvroTypeInfo Info { get; }

    internal abstract AvroReadStep<TValues> Read(ReadPlan plan, ReadComposer composer);

    internal abstract AvroWrite<T> Write(WritePlan plan, WriteComposer composer);
}
