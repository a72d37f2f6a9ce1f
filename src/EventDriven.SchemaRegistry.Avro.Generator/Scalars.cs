using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Types without parts, by what <c>AvroScalars</c> calls them.</summary>
internal static class Scalars
{
    /// <returns>Null where the type is none.</returns>
    public static string? NameOf(ITypeSymbol type)
    {
        if (type.TypeKind is TypeKind.Enum) return null;
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte }) return "Bytes";

        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean or SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32
                or SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_String or SpecialType.System_Decimal or SpecialType.System_DateTime:
                return type.Name;
            default:
                return type is { ContainingType: null, Name: "Guid" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" } && Names.NamespaceOf(type) == "System" ? type.Name : null;
        }
    }

    public static bool IsInteger(string name) => name is "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64";

    public static (string Kind, string? Logical) Default(string name) => name switch
    {
        "Boolean" => ("boolean", null),
        "UInt32" or "Int64" or "UInt64" => ("long", null),
        "Single" => ("float", null),
        "Double" => ("double", null),
        "String" => ("string", null),
        "Bytes" => ("bytes", null),
        "Guid" => ("string", "uuid"),
        "DateTimeOffset" or "DateTime" => ("long", "timestamp-micros"),
        "DateOnly" => ("int", "date"),
        "TimeOnly" => ("long", "time-micros"),
        "TimeSpan" => ("fixed", "duration"),
        _ => ("int", null),
    };

    /// <summary>On what a logical type stands; null where there is none of the name.</summary>
    public static string? KindOf(string logical) => logical switch
    {
        "uuid" => "string",
        "date" or "time-millis" => "int",
        "duration" => "fixed",
        "time-micros" or "timestamp-millis" or "timestamp-micros" or "timestamp-nanos" or "local-timestamp-millis" or "local-timestamp-micros" or "local-timestamp-nanos" => "long",
        _ => null,
    };

    public static bool Fits(string name, string kind, string logical) => kind switch
    {
        "string" => name is "String" or "Guid",
        "fixed" => name == "TimeSpan" || name == "Bytes",
        "int" => IsInteger(name) || (logical == "date" ? name == "DateOnly" : name is "TimeOnly" or "TimeSpan"),
        _ => IsInteger(name) || (logical == "time-micros" ? name is "TimeOnly" or "TimeSpan" : logical[0] == 'l' ? name == "DateTime" : name is "DateTimeOffset" or "DateTime"),
    };
}
