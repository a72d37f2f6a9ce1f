using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A member of a record. For generated code. Immutable.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="TValues">A generated struct with what is read for the members.</typeparam>
/// <typeparam name="TMember">The type of the member.</typeparam>
/// <param name="name">The name of the member.</param>
/// <param name="fieldName">Its name in Avro.</param>
/// <param name="union">The types that <see cref="AvroUnionAttribute"/> on the member names; null where there is none.</param>
/// <param name="info">What is told of its type.</param>
/// <param name="get">Gets its value.</param>
/// <param name="set">Keeps what was read for it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroMemberInfo<T, TValues, TMember>(string name, string fieldName, Type[]? union, Func<AvroTypeInfo<TMember>> info, Func<T, TMember> get, AvroSet<TValues, TMember> set)
    : AvroMemberInfo<T, TValues>
    where TValues : struct
{
    internal override TypeMember Member { get; } = new GeneratedMember(name, typeof(TMember), typeof(T), fieldName, union);

    internal override AvroTypeInfo Info => info();

    internal override AvroReadStep<TValues> Read(ReadPlan plan, ReadComposer composer) => new Step(composer.Compose(info(), plan), set);

    internal override AvroWrite<T> Write(WritePlan plan, WriteComposer composer)
    {
        var write = composer.Compose(info(), plan);
        return (writer, value) => write(writer, get(value));
    }

    private sealed class Step(AvroRead<TMember> read, AvroSet<TValues, TMember> set) : AvroReadStep<TValues>
    {
        public override void Read(AvroReader reader, ref TValues values) => set(ref values, read(reader));
    }

    private sealed class GeneratedMember(string name, Type type, Type owner, string fieldName, Type[]? union) : TypeMember(name, type, owner, fieldName)
    {
        public override IReadOnlyList<Type>? Union => union;

        /// <summary>Generated code sets them all, and the schema of the type has them all.</summary>
        public override bool MustBeSet => true;
    }
}
