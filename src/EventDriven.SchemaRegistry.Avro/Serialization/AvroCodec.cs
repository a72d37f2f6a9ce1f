using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>What does not depend on the type of the event.</summary>
internal static class AvroCodec
{
    public const string ContentType = "application/avro";

    /// <summary>The schema that is made from a type.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static AvroSchema SchemaOf(Type type) => Explain(type, () => SchemaFromType.Of(type));

    /// <summary>What is registered of a schema that nobody has given.</summary>
    public static SchemaDefinition DefinitionOf(AvroSchema schema) => new(SchemaFormat.Avro, schema.ToString()) { Name = (schema as NamedSchema)?.FullName };

    /// <exception cref="AvroSchemaException">The registry's text is no schema.</exception>
    public static AvroSchema Parse(KnownSchema schema) => AvroSchemaParser.Parse(schema.Text, [.. schema.References.Select(static reference => reference.Text)]);

    /// <exception cref="AvroSchemaException">It is no schema of Avro.</exception>
    public static AvroSchema ParseWriter(KnownSchema writer) =>
        writer.Format is SchemaFormat.Avro ? Parse(writer) : throw new AvroSchemaException($"It was written as {writer.Format}, and not as Avro.");

    /// <summary>Bytes whose schema is just that: written as they are, as all clients of the registry do.</summary>
    public static bool IsRaw<T>(AvroSchema schema) => typeof(T) == typeof(byte[]) && schema is { Kind: AvroKind.Bytes };

    /// <inheritdoc cref="IsRaw{T}(AvroSchema)"/>
    public static bool IsRaw<T>(string text) => typeof(T) == typeof(byte[]) && text == "\"bytes\"";

    public static SchemaWriter<T> Writer<T>(AvroEncoder<T> encoder) => new EncodingWriter<T>(encoder);

    public static SchemaReader<T> Reader<T>(AvroDecoder<T> decoder) => new DecodingReader<T>(decoder);

    public static SchemaWriter<T> RawWriter<T>() => new BytesWriter<T>();

    public static SchemaReader<T> RawReader<T>() => new BytesReader<T>();

    public static T Explain<T>(Type type, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (AvroTypeException exception)
        {
            throw new NotSupportedException($"{type} as Avro: {exception.Message}", exception);
        }
        catch (AvroSchemaException exception)
        {
            throw new NotSupportedException(exception.Message, exception);
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw new NotSupportedException("The schema has records too deep in one another.", exception);
        }
    }

    private sealed class EncodingWriter<T>(AvroEncoder<T> encoder) : SchemaWriter<T>
    {
        public override byte[] Write(T value, ReadOnlySpan<byte> prefix) => encoder.Write(value, prefix);
    }

    private sealed class DecodingReader<T>(AvroDecoder<T> decoder) : SchemaReader<T>
    {
        public override T Read(ReadOnlySpan<byte> body) => decoder.Read(body);
    }

    private sealed class BytesWriter<T> : SchemaWriter<T>
    {
        public override byte[] Write(T value, ReadOnlySpan<byte> prefix) => [.. prefix, .. (byte[])(object)value!];
    }

    private sealed class BytesReader<T> : SchemaReader<T>
    {
        public override T Read(ReadOnlySpan<byte> body) => (T)(object)body.ToArray();
    }
}
