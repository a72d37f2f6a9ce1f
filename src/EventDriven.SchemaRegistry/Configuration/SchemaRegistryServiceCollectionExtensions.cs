using Confluent.SchemaRegistry;
using EventDriven.SchemaRegistry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers schema registries.</summary>
public static class SchemaRegistryServiceCollectionExtensions
{
    private static readonly Func<IServiceProvider, object?, ISchemaRegistryClient> VendorsClient = static (provider, key) =>
        VendorClient.Create(provider.GetRequiredService<IOptionsMonitor<SchemaRegistryOptions>>().Get((string)key!));

    /// <summary>
    /// Registers a schema registry with a configuration section, whose last part names it. The first is the one of all serializers that choose no other.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section with its options.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks>
    /// Whatever is wrong is told when the host starts, all at once, by an <see cref="OptionsValidationException"/>. The client is a singleton, keyed by the name of the registry; the
    /// first is an <see cref="ISchemaRegistryClient"/> without a key too. An <see cref="ISchemaRegistryClient"/> of one's own, registered with the name as its key, takes its place.
    /// </remarks>
    public static IServiceCollection AddSchemaRegistry(this IServiceCollection services, IConfigurationSection section) =>
        AddSchemaRegistry(services, section, static _ => { });

    /// <summary>Registers a schema registry with a configuration section, whose last part names it, and with defaults in code, which the section replaces.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section with its options.</param>
    /// <param name="configure">Sets the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks><inheritdoc cref="AddSchemaRegistry(IServiceCollection, IConfigurationSection)" path="/remarks"/></remarks>
    public static IServiceCollection AddSchemaRegistry(this IServiceCollection services, IConfigurationSection section, Action<SchemaRegistryOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, section.Key, section, configure);
    }

    /// <summary>Registers a schema registry in code, without configuration.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="registry">The name of the registry, which serializers choose by <see cref="SchemaSerializationOptions.Registry"/>; the first is the default.</param>
    /// <param name="configure">Sets its options.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">An argument is null, or <paramref name="registry"/> is empty.</exception>
    /// <remarks><inheritdoc cref="AddSchemaRegistry(IServiceCollection, IConfigurationSection)" path="/remarks"/></remarks>
    public static IServiceCollection AddSchemaRegistry(this IServiceCollection services, string registry, Action<SchemaRegistryOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(registry);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, registry, null, configure);
    }

    private static IServiceCollection Add(IServiceCollection services, string name, IConfigurationSection? section, Action<SchemaRegistryOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new RegistryRegistration(name, section) { HasOwnClient = () => HasOwnClient(services, name) });
        services.TryAddSingleton<RegistryDirectory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<SchemaRegistryOptions>, RegistryOptionsBinder>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SchemaRegistryOptions>, RegistryOptionsValidator>());
        services.AddOptions<SchemaRegistryOptions>(name).ValidateOnStart().Configure(configure);

        services.TryAddKeyedSingleton(name, VendorsClient);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<ISchemaRegistryClient>(name));
        services.TryAddKeyedSingleton(name, static (provider, key) => new SchemaRegistryAccess(
            (string)key!,
            provider.GetRequiredKeyedService<ISchemaRegistryClient>(key),
            provider.GetRequiredService<IOptionsMonitor<SchemaRegistryOptions>>().Get((string)key!),
            provider.GetRequiredService<TimeProvider>(),
            (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger<SchemaRegistryAccess>()));
        return services;
    }

    /// <summary>Asked once all services are registered: the last of them is the one that is used.</summary>
    private static bool HasOwnClient(IServiceCollection services, string name) =>
        services.LastOrDefault(service => service.ServiceType == typeof(ISchemaRegistryClient) && name.Equals(service.ServiceKey)) is { } client && client.KeyedImplementationFactory != (object)VendorsClient;
}
