using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Compilation;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Codec;

/// <summary>Reads values of a type that were written in one schema. Thread-safe.</summary>
internal sealed class AvroDecoder<T>
{
    private readonly ScratchPool<AvroReader> _pool = new();
    private readonly Func<AvroSchema> _writer;
    private readonly AvroRead<T> _read;

    /// <param name="writer">As it was written.</param>
    /// <param name="reader">As it is wanted.</param>
    /// <exception cref="AvroTypeException">The type does not fit the reader's schema.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroDecoder(AvroSchema writer, AvroSchema reader)
        : this(writer, ReadPlanner.Plan(writer, reader, typeof(T)))
    {
    }

    /// <param name="writer">As it was written.</param>
    /// <param name="plan">How the type is read from it.</param>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroDecoder(AvroSchema writer, ReadPlan plan)
        : this(() => writer, ReadCompiler.Compile<T>(plan))
    {
    }

    /// <param name="writer">As it was written; asked for once something fails.</param>
    /// <param name="read">Reads it.</param>
    public AvroDecoder(Func<AvroSchema> writer, AvroRead<T> read)
    {
        _writer = writer;
        _read = read;
    }

    /// <summary>Reads a value.</summary>
    /// <param name="body">All of its bytes, and no others.</param>
    /// <exception cref="AvroValueException">The bytes are no such value.</exception>
    public T Read(ReadOnlySpan<byte> body)
    {
        var reader = _pool.Rent() ?? new AvroReader();
        reader.Load(body);
        try
        {
            var value = _read(reader);
            reader.EnsureEnd();
            return value;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, body.ToArray(), reader.Position);
        }
        finally
        {
            reader.Clear();
            _pool.Return(reader);
        }
    }

    private AvroValueException Explain(Exception exception, byte[] body, int failed)
    {
        var isBefore = exception is AvroFormatException { IsBefore: true };
        // A constructor of the event runs after all of its fields: there is no field to name.
        return exception switch
        {
            AvroFormatException => new AvroValueException(PathFinder.Find(_writer(), body, isBefore ? body.Length : failed, isBefore), exception.Message),
            OverflowException => new AvroValueException(PathFinder.Find(_writer(), body, failed, isBefore: false), "a number is beyond what the type of the member holds"),
            _ => new AvroValueException("", $"{exception.GetType().Name}: {exception.Message}", exception),
        };
    }
}
