using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// Binds the section of a registry behind everything that code configures, so that configuration replaces it; a <c>PostConfigure</c> of the application has the last word.
/// What can't be bound is left to <see cref="RegistryOptionsValidator"/>, which tells it with everything else.
/// </summary>
internal sealed class RegistryOptionsBinder(IEnumerable<RegistryRegistration> registrations) : IPostConfigureOptions<SchemaRegistryOptions>
{
    public void PostConfigure(string? name, SchemaRegistryOptions options)
    {
        if (registrations.FirstOrDefault(registration => registration.Name == name)?.Section is not { } section) return;

        foreach (var child in section.GetChildren()) TryBind(section, child, options);
    }

    /// <summary>One key alone, because the binder gives up at the first value that it can't convert.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    public static string? TryBind(IConfigurationSection section, IConfigurationSection child, SchemaRegistryOptions options)
    {
        if (string.Equals(child.Key, nameof(SchemaRegistryOptions.Urls), StringComparison.OrdinalIgnoreCase))
        {
            // One value, separated by commas as other clients have it, or a list.
            options.Urls = child.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList() ?? [];
            if (child.Value is not null) return null;
        }

        var alone = new ConfigurationBuilder().AddInMemoryCollection(child.AsEnumerable()).Build();
        try
        {
            alone.GetSection(section.Path).Bind(options);
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return refused.InnerException?.Message ?? refused.Message;
        }
    }
}
