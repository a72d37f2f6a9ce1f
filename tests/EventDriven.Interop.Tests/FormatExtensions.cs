using EventDriven.Interop.Tests.Events;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Protobuf;

namespace EventDriven.Interop.Tests;

/// <summary>The formats by their names in registries, for tests that do the same in each.</summary>
internal static class FormatExtensions
{
    public static TBuilder UseFormat<TBuilder>(this TBuilder builder, string format, Action<SchemaSerializationOptions>? configure = null)
        where TBuilder : IEventSerializationBuilder => format switch
        {
            "AVRO" => builder.UseAvro(configure),
            "JSON" => builder.UseJsonSchema(PingsJson.Default, options =>
            {
                options.ValidateOnRead = true;
                configure?.Invoke(options);
            }),
            "PROTOBUF" => builder.UseProtobuf(configure),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
        };
}
