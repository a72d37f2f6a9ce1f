using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A record. For generated code. Immutable.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="TValues">A generated struct with what is read for the members.</typeparam>
/// <param name="fullName">The name of the record in Avro.</param>
/// <param name="create">Makes a record.</param>
/// <param name="members">Its members.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroRecordInfo<T, TValues>(string fullName, AvroCreate<T, TValues> create, params AvroMemberInfo<T, TValues>[] members) : AvroTypeInfo<T>
    where TValues : struct
{
    internal override string FullName => fullName;

    internal override IEnumerable<AvroTypeInfo> Parts => members.Select(static member => member.Info);

    internal override TypeContract Contract { get; } = new(typeof(T), null, [.. members.Select(static member => member.Member)]);

    internal override AvroRead<T> Read(ReadPlan plan, ReadComposer composer)
    {
        var record = (ReadPlan.Record)plan;
        return composer.Share<T>(record, () =>
        {
            AvroReadStep<TValues>[] steps = [.. record.Steps.Select(step => step.Member is { } member ? Find(member).Read(step.Plan!, composer) : AvroReadStep<TValues>.Other(step.Plan, step.Skipped))];
            return reader =>
            {
                var values = default(TValues);
                foreach (var step in steps) step.Read(reader, ref values);
                return create(in values);
            };
        });
    }

    internal override AvroWrite<T> Write(WritePlan plan, WriteComposer composer)
    {
        var record = (WritePlan.Record)plan;
        return composer.Share<T>(record, () =>
        {
            var schema = plan.Schema;
            AvroWrite<T>[] fields = [.. record.Fields.Select(field => field.Member is { } member ? Find(member).Write(field.Plan!, composer) : Raw(field.Bytes!))];
            return (writer, value) =>
            {
                if (value is null) AvroWriter.Fail(schema.NullReason);
                foreach (var field in fields) field(writer, value);
            };
        });
    }

    private AvroMemberInfo<T, TValues> Find(TypeMember member) => Array.Find(members, candidate => candidate.Member == member)!;

    private static AvroWrite<T> Raw(byte[] bytes) => (writer, _) => writer.WriteRaw(bytes);
}
