namespace EventDriven.SchemaRegistry.Testing;

/// <summary>An answer that says no, with the registry's own code.</summary>
internal sealed class RegistryError(int status, int code, string message) : Exception(message)
{
    public int Status => status;

    public int Code => code;

    public static RegistryError NoSubject(string subject) => new(404, 40401, $"Subject '{subject}' not found.");

    public static RegistryError NoVersion(string version) => new(404, 40402, $"Version {version} not found.");

    public static RegistryError NoSchema(string? of = null) => new(404, 40403, of is null ? "Schema not found" : $"Schema {of} not found");

    public static RegistryError Invalid(string why) => new(422, 42201, $"Invalid schema: {why}");

    public static RegistryError Incompatible(string subject, string why) =>
        new(409, 409, $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{why}]");
}
