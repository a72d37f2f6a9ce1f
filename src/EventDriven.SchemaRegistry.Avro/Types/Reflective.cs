namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>Why this needs a runtime with reflection and code generation.</summary>
internal static class Reflective
{
    public const string Members = "Avro schemas and codecs are made from the members of the event's type, which trimming may remove.";
    public const string Code = "Avro codecs are compiled at run time.";
}
