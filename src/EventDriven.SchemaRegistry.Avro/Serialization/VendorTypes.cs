using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Avro.Generic;
using Avro.Specific;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>The types of Apache.Avro.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
internal static class VendorTypes
{
    public static bool IsVendors(Type type) => type == typeof(GenericRecord) || typeof(ISpecificRecord).IsAssignableFrom(type);

    public static string? FullNameOf(Type type) => SchemaOf(type)?.Fullname;

    /// <summary>A generated type has its schema in a static field.</summary>
    public static global::Avro.Schema? SchemaOf(Type type) => type.GetField("_SCHEMA", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as global::Avro.Schema;
}
