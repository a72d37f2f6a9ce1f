using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry;

/// <summary>Finds the registries of the host by name.</summary>
internal sealed class RegistryDirectory(IServiceProvider services, IEnumerable<RegistryRegistration> registrations)
{
    private readonly RegistryRegistration[] _registrations = [.. registrations];

    /// <summary>All registrations, in order; the first is the default.</summary>
    public IReadOnlyList<RegistryRegistration> Registrations => _registrations;

    /// <summary>A registry by its name, or the default.</summary>
    /// <exception cref="NotSupportedException">There is none. The message says what to do; it is reported at start.</exception>
    public SchemaRegistryAccess Get(string? name)
    {
        if (_registrations.Length == 0) throw new NotSupportedException("No schema registry is registered. Register one: builder.AddSchemaRegistry(\"SchemaRegistry\").");

        var found = name is null ? _registrations[0] : Array.Find(_registrations, registration => registration.Name == name)
            ?? throw new NotSupportedException(
                $"No schema registry is named '{name}'. Registered are {string.Join(", ", _registrations.Select(static registration => $"'{registration.Name}'"))}. "
                + $"Set Registry to one of them, or register it: builder.AddSchemaRegistry(\"{name}\").");
        return services.GetRequiredKeyedService<SchemaRegistryAccess>(found.Name);
    }
}
