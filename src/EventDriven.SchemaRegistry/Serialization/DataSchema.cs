using System.Text;

namespace EventDriven.SchemaRegistry;

/// <summary>The attribute <c>dataschema</c> of CloudEvents: where the schema of the value can be read.</summary>
internal static class DataSchema
{
    private const string Header = "ce_dataschema";

    /// <returns>Null where the address of the registry is not known.</returns>
    public static EventHeader? Of(string? uri) => uri is null ? null : new EventHeader(Header, Encoding.UTF8.GetBytes(uri));

    /// <summary>Whether a record is to have it: as a CloudEvent, whose caller has not said where its schema is.</summary>
    public static bool IsWanted(in EventSerializationContext context) => context.IsCloudEvent && context.Component is EventComponent.Value && !context.Headers.TryGetLast(Header, out _);
}
