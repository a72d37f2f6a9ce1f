using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts services under test on an embedded schema registry.</summary>
public static class EmbeddedSchemaRegistryServiceCollectionExtensions
{
    /// <summary>Points a registry of the services at an embedded one, whatever it was configured with; its credentials and certificates are taken out.</summary>
    /// <param name="services">The services under test, with their registry registered.</param>
    /// <param name="registry">The embedded registry.</param>
    /// <param name="name">The name of the registry that it stands for. The default value is <c>SchemaRegistry</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection UseEmbeddedSchemaRegistry(this IServiceCollection services, EmbeddedSchemaRegistry registry, string name = "SchemaRegistry")
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(name);
        return services.PostConfigure<SchemaRegistryOptions>(name, options =>
        {
            options.Urls = [registry.Url];
            options.Username = options.Password = options.BearerToken = null;
            options.OAuthTokenEndpoint = options.OAuthClientId = options.OAuthClientSecret = options.OAuthScope = null;
            options.CaCertificate = options.ClientCertificate = options.ClientCertificatePassword = null;
        });
    }
}
