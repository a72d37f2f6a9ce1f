using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Compilation;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Codec;

/// <summary>Writes values of a type in one schema. Thread-safe.</summary>
internal sealed class AvroEncoder<T>
{
    private readonly ScratchPool<AvroWriter> _pool = new();
    private readonly Func<AvroSchema> _schema;
    private readonly AvroWrite<T> _write;

    /// <param name="schema">The schema.</param>
    /// <exception cref="AvroTypeException">The type does not fit the schema.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroEncoder(AvroSchema schema)
        : this(schema, WritePlanner.Plan(typeof(T), schema))
    {
    }

    /// <param name="schema">The schema.</param>
    /// <param name="plan">How the type is written in it.</param>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroEncoder(AvroSchema schema, WritePlan plan)
        : this(() => schema, WriteCompiler.Compile<T>(plan))
    {
    }

    /// <param name="schema">The schema; asked for once something fails.</param>
    /// <param name="write">Writes in it.</param>
    public AvroEncoder(Func<AvroSchema> schema, AvroWrite<T> write)
    {
        _schema = schema;
        _write = write;
    }

    public AvroSchema Schema => _schema();

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="prefix">What the array begins with.</param>
    /// <returns>The prefix and the value in an array of exactly their size.</returns>
    /// <exception cref="AvroValueException">The value has no form in the schema.</exception>
    public byte[] Write(T value, ReadOnlySpan<byte> prefix = default)
    {
        var writer = _pool.Rent() ?? new AvroWriter();
        try
        {
            _write(writer, value);
            var written = writer.Written;
            var bytes = GC.AllocateUninitializedArray<byte>(prefix.Length + written.Length);
            prefix.CopyTo(bytes);
            written.CopyTo(bytes.AsSpan(prefix.Length));
            return bytes;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, writer.Written.ToArray());
        }
        finally
        {
            writer.Reset();
            _pool.Return(writer);
        }
    }

    private AvroValueException Explain(Exception exception, byte[] written) => new(
        PathFinder.Find(Schema, written, written.Length, isBefore: true),
        exception is AvroFormatException ? exception.Message : exception is OverflowException ? "a number is beyond what its schema holds" : $"{exception.GetType().Name}: {exception.Message}",
        exception is AvroFormatException or OverflowException ? null : exception);
}
