using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Compilation;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Codec;

/// <summary>Reads values of a type that were written in one schema. Thread-safe.</summary>
internal sealed class AvroDecoder<T>
{
    private readonly AvroPool<AvroReader> _pool = new();
    private readonly AvroSchema _writer;
    private readonly AvroRead<T> _read;

    /// <param name="writer">As it was written.</param>
    /// <param name="reader">As it is wanted.</param>
    /// <param name="interpret">Whether to interpret the code in place of compiling it.</param>
    /// <exception cref="AvroTypeException">The type does not fit the reader's schema.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroDecoder(AvroSchema writer, AvroSchema reader, bool interpret = false)
    {
        _writer = writer;
        _read = ReadCompiler.Compile<T>(ReadPlanner.Plan(writer, reader, typeof(T)), interpret);
    }

    /// <summary>Reads a value.</summary>
    /// <param name="body">All of its bytes, and no others.</param>
    /// <exception cref="AvroValueException">The bytes are no such value.</exception>
    public T Read(ReadOnlyMemory<byte> body)
    {
        if (MemoryMarshal.TryGetArray(body, out var segment)) return Read(segment.Array!, segment.Offset, segment.Count);

        var rented = ArrayPool<byte>.Shared.Rent(body.Length);
        try
        {
            body.CopyTo(rented);
            return Read(rented, 0, body.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private T Read(byte[] data, int start, int length)
    {
        var reader = _pool.Rent();
        reader.Reset(data, start, length);
        try
        {
            var value = _read(reader);
            reader.EnsureEnd();
            return value;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Explain(exception, data, start, reader.Position - start, length);
        }
        finally
        {
            reader.Reset([], 0, 0);
            _pool.Return(reader);
        }
    }

    private AvroValueException Explain(Exception exception, byte[] data, int start, int failed, int length)
    {
        var isBefore = exception is AvroFormatException { IsBefore: true };
        // A constructor of the event runs after all of its fields: there is no field to name.
        return exception switch
        {
            AvroFormatException => new AvroValueException(PathFinder.Find(_writer, data, start, isBefore ? length : failed, isBefore), exception.Message),
            OverflowException => new AvroValueException(PathFinder.Find(_writer, data, start, failed, isBefore: false), "a number is beyond what the type of the member holds"),
            _ => new AvroValueException("", $"{exception.GetType().Name}: {exception.Message}", exception),
        };
    }
}
