using Microsoft.Extensions.Configuration;

namespace EventDriven.SchemaRegistry;

/// <summary>One call of <c>AddSchemaRegistry</c>.</summary>
/// <param name="Name">The name of the registry, and of its options.</param>
/// <param name="Section">Where its configuration is; null where it is given in code only.</param>
internal sealed record RegistryRegistration(string Name, IConfigurationSection? Section)
{
    /// <summary>Whether a client of the application's own takes the place of the vendor's, and knows its addresses itself.</summary>
    public Func<bool> HasOwnClient { get; init; } = static () => false;
}
