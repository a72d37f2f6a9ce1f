using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Makes what the product makes from services.</summary>
internal static class TestRegistry
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static SchemaRegistryOptions Options(string url, Action<SchemaRegistryOptions>? configure = null)
    {
        var options = new SchemaRegistryOptions { Urls = [url], RequestTimeout = TimeSpan.FromSeconds(20), TimeBudget = TimeSpan.FromSeconds(40) };
        configure?.Invoke(options);
        return options;
    }

    public static SchemaRegistryAccess Access(string url, Action<SchemaRegistryOptions>? configure = null, TimeProvider? time = null, ILogger? logger = null)
    {
        var options = Options(url, configure);
        return Access(VendorClient.Create(options), options, time, logger);
    }

    public static SchemaRegistryAccess Access(ISchemaRegistryClient client, SchemaRegistryOptions options, TimeProvider? time = null, ILogger? logger = null) =>
        new("SchemaRegistry", client, options, time ?? TimeProvider.System, logger ?? NullLogger.Instance);

    public static SchemaDefinition Avro(string name, params string[] fields) => new(
        SchemaFormat.Avro,
        $$"""{"type":"record","name":"{{name}}","namespace":"tests","fields":[{{string.Join(',', fields.Select(static field => $$"""{"name":"{{field}}","type":"string"}"""))}}]}""")
    {
        Name = $"tests.{name}",
    };
}
