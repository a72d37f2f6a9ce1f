using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>One of the types that another stands for. For generated code. Immutable.</summary>
/// <typeparam name="T">The other type.</typeparam>
/// <typeparam name="TCase">The type.</typeparam>
/// <param name="info">What is told of the type.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroCaseInfo<T, TCase>(Func<AvroTypeInfo<TCase>> info) : AvroCaseInfo<T>
    where T : class
    where TCase : notnull, T
{
    internal override AvroTypeInfo Info => info();

    internal override AvroRead<T> Read(ReadPlan plan, ReadComposer composer)
    {
        var read = composer.Compose(info(), plan);
        return reader => read(reader);
    }

    internal override AvroWriteBranch<T> Write(WritePlan plan, WriteComposer composer)
    {
        var write = composer.Compose(info(), plan);
        return (writer, value) =>
        {
            if (value is not TCase there) return false;
            write(writer, there);
            return true;
        };
    }

    internal override AvroWriteBranch<T> Branch(int index, WritePlan plan, WriteComposer composer)
    {
        var write = composer.Compose(info(), plan);
        return (writer, value) =>
        {
            if (value is not TCase there) return false;
            writer.WriteInt(index);
            write(writer, there);
            return true;
        };
    }
}
