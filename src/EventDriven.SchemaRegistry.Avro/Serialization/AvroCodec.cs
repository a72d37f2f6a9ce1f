using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>What does not depend on the type of the event.</summary>
internal static class AvroCodec
{
    /// <summary>The schema that was given, else that of the type.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static AvroSchema SchemaOf(Type type, string? given) => Explain(type, () => given is null ? SchemaFromType.Of(type) : AvroSchemaParser.Parse(given));

    /// <exception cref="AvroSchemaException">The registry's text is no schema.</exception>
    public static AvroSchema Parse(KnownSchema schema) => AvroSchemaParser.Parse(schema.Text, [.. schema.References.Select(static reference => reference.Text)]);

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
}
