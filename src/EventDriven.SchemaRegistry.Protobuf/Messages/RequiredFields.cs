using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EventDriven.SchemaRegistry.Protobuf.Messages;

/// <summary>The fields that must be there, as proto2 has them. The library's own check fails at groups.</summary>
internal static class RequiredFields
{
    /// <summary>Whether a message, or one in it, has any.</summary>
    public static bool Has(MessageDescriptor message) => Has(message, []);

    /// <returns>The path of one that is not set; null if all are.</returns>
    public static string? Missing(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRequired && !field.Accessor.HasValue(message)) return field.Name;
            if (field.FieldType is FieldType.Message or FieldType.Group && Missing(field, field.Accessor.GetValue(message)) is { } inside) return $"{field.Name}.{inside}";
        }

        return null;
    }

    private static string? Missing(FieldDescriptor field, object? value) => value switch
    {
        IMessage one => Missing(one),
        IDictionary entries when field.IsMap => entries.Values.OfType<IMessage>().Select(Missing).FirstOrDefault(static path => path is not null),
        IEnumerable items when field.IsRepeated => items.OfType<IMessage>().Select(Missing).FirstOrDefault(static path => path is not null),
        _ => null,
    };

    private static bool Has(MessageDescriptor message, HashSet<MessageDescriptor> seen) => seen.Add(message)
        && message.Fields.InDeclarationOrder().Any(field => field.IsRequired || (field.FieldType is FieldType.Message or FieldType.Group && Has(field.MessageType, seen)));
}
