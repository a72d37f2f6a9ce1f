using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry;

/// <summary>How one producer, consumer or key uses its registry: its own options over those of the registry. Immutable.</summary>
internal sealed class SchemaSettings
{
    private readonly SubjectNaming _naming;
    private readonly SubjectNamer? _namer;

    private SchemaSettings(SchemaRegistryAccess registry, SchemaSerializationOptions own, bool isDevelopment)
    {
        var common = registry.Options;
        Registry = registry;
        Location = own.SchemaIdLocation ?? common.SchemaIdLocation;
        Use = new SchemaUse
        {
            Id = own.UseSchemaId,
            LatestWithMetadata = own.UseLatestWithMetadata.Count == 0 ? null : own.UseLatestWithMetadata.AsReadOnly(),
            Latest = own.UseLatestVersion ?? common.UseLatestVersion,
            LatestMustBeCompatible = own.LatestCompatibilityStrict ?? common.LatestCompatibilityStrict,
            AutoRegister = own.AutoRegister ?? common.AutoRegister ?? isDevelopment,
            Normalize = own.NormalizeSchemas ?? common.NormalizeSchemas,
        };
        _naming = own.SubjectNaming ?? common.SubjectNaming;
        _namer = own.SubjectNamer;
    }

    public SchemaRegistryAccess Registry { get; }

    public SchemaUse Use { get; }

    public SchemaIdLocation Location { get; }

    /// <exception cref="NotSupportedException">There is no such registry.</exception>
    public static SchemaSettings Create(IServiceProvider services, SchemaSerializationOptions options) => new(
        (services.GetService<RegistryDirectory>() ?? new RegistryDirectory(services, [])).Get(options.Registry),
        options,
        services.GetService<IHostEnvironment>()?.IsDevelopment() ?? false);

    /// <summary>The subject of a schema, with its context.</summary>
    /// <exception cref="NotSupportedException">The naming needs a name that the schema does not have.</exception>
    public string SubjectOf(string topic, EventComponent component, string? recordName)
    {
        if (_namer is not null) return Registry.Qualify(_namer(topic, component, recordName));

        if (_naming is not SubjectNaming.Topic && string.IsNullOrEmpty(recordName))
        {
            throw new NotSupportedException($"SubjectNaming is {_naming}, and the schema has no name. Name it, use SubjectNaming.Topic, or give a SubjectNamer.");
        }

        return Registry.Qualify(_naming switch
        {
            SubjectNaming.Record => recordName!,
            SubjectNaming.TopicRecord => $"{topic}-{recordName}",
            _ => component is EventComponent.Key ? $"{topic}-key" : $"{topic}-value",
        });
    }

    /// <exception cref="NotSupportedException">Records are to name the schema in a way that the registry does not know.</exception>
    public void EnsureCanBeNamed(KnownSchema schema)
    {
        if (Location is SchemaIdLocation.Header && schema.Guid is null)
        {
            throw new NotSupportedException($"SchemaIdLocation is Header, which takes the GUID of the schema, and the registry '{Registry.Name}' gives none. Use SchemaIdLocation.Prefix.");
        }
    }
}
