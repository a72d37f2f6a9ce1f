using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A field of what was written: reads it into the values of a record, or does without.</summary>
internal abstract class AvroReadStep<TValues>
    where TValues : struct
{
    public abstract void Read(AvroReader reader, ref TValues values);

    /// <summary>A field that the type has not.</summary>
    /// <param name="plan">What can't be read.</param>
    /// <param name="skipped">What is skipped.</param>
    public static AvroReadStep<TValues> Other(ReadPlan? plan, AvroSchema? skipped) => skipped is not null ? new Skip(skipped) : new Fail(((ReadPlan.Error)plan!).Reason);

    private sealed class Skip(AvroSchema schema) : AvroReadStep<TValues>
    {
        public override void Read(AvroReader reader, ref TValues values) => AvroSkipper.Skip(reader, schema);
    }

    private sealed class Fail(string reason) : AvroReadStep<TValues>
    {
        public override void Read(AvroReader reader, ref TValues values) => AvroReader.Fail(reason);
    }
}
