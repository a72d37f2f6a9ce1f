using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>What generated code tells of a type, so that it can be read and written in other schemas without reflection. For generated code. Immutable.</summary>
/// <typeparam name="T">The type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AvroTypeInfo<T> : AvroTypeInfo
{
    private protected AvroTypeInfo()
        : base(typeof(T))
    {
    }

    /// <summary>Code for a plan that is for values of just this kind; <see cref="ReadComposer"/> sees to all others.</summary>
    internal abstract AvroRead<T> Read(ReadPlan plan, ReadComposer composer);

    /// <summary>Code for a plan that is for values of just this kind; <see cref="WriteComposer"/> sees to all others.</summary>
    internal abstract AvroWrite<T> Write(WritePlan plan, WriteComposer composer);

    /// <summary>Code for a branch of a union: writes its number and the value, if the value, which is not null, is one of the branch.</summary>
    internal virtual AvroWriteBranch<T> Branch(int index, WritePlan plan, WriteComposer composer)
    {
        var write = composer.Compose(this, plan);
        return (writer, value) =>
        {
            writer.WriteInt(index);
            write(writer, value);
            return true;
        };
    }
}
