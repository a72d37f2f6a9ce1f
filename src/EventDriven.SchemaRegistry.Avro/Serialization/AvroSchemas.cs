using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro;

/// <summary>The schemas of plain types, for a build that registers or checks them. Thread-safe.</summary>
public static class AvroSchemas
{
    /// <summary>The text of the schema that <c>UseAvro()</c> makes from a type: always the same for the same type, without white space.</summary>
    /// <typeparam name="T">The type of an event or key.</typeparam>
    /// <returns>The text.</returns>
    /// <exception cref="NotSupportedException">The type has no form in Avro; the message says what to change.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static string TextOf<T>()
    {
        try
        {
            return SchemaFromType.Of(typeof(T)).ToString();
        }
        catch (AvroTypeException exception)
        {
            throw new NotSupportedException(exception.Message, exception);
        }
    }
}
