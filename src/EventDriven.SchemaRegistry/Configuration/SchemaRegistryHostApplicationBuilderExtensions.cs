using EventDriven.SchemaRegistry;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers schema registries with the configuration of the host.</summary>
public static class SchemaRegistryHostApplicationBuilderExtensions
{
    /// <summary>Registers a schema registry, named after its configuration section (the last part of it). The first is the one of all serializers that choose no other.</summary>
    /// <param name="builder">The host builder.</param>
    /// <param name="section">The section of the configuration with its options.</param>
    /// <param name="configure">Sets defaults, which the section replaces.</param>
    /// <returns>The host builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is null, or <paramref name="section"/> is null or empty.</exception>
    /// <remarks><inheritdoc cref="SchemaRegistryServiceCollectionExtensions.AddSchemaRegistry(IServiceCollection, Configuration.IConfigurationSection)" path="/remarks"/></remarks>
    public static IHostApplicationBuilder AddSchemaRegistry(
        this IHostApplicationBuilder builder, string section = "SchemaRegistry", Action<SchemaRegistryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(section);
        builder.Services.AddSchemaRegistry(builder.Configuration.GetSection(section), configure ?? (static _ => { }));
        return builder;
    }
}
