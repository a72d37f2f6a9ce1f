namespace EventDriven.SchemaRegistry;

/// <summary>
/// How one producer, consumer or key uses a schema registry, whatever the format. What is not set is as the options of the registry say (<see cref="SchemaRegistryOptions"/>).
/// A consumer reads by the schema that each record names; only <see cref="Registry"/> matters to it.
/// </summary>
public abstract class SchemaSerializationOptions
{
    internal SchemaSerializationOptions()
    {
    }

    /// <summary>The name of the registry. The default value is null: the one that was registered first.</summary>
    public string? Registry { get; set; }

    /// <inheritdoc cref="SchemaRegistryOptions.SubjectNaming"/>
    public SubjectNaming? SubjectNaming { get; set; }

    /// <summary>Names subjects in a way of one's own. The default value is null: by <see cref="SubjectNaming"/>. A subject may name its context (<c>:.context:subject</c>).</summary>
    public SubjectNamer? SubjectNamer { get; set; }

    /// <inheritdoc cref="SchemaRegistryOptions.AutoRegister"/>
    public bool? AutoRegister { get; set; }

    /// <inheritdoc cref="SchemaRegistryOptions.NormalizeSchemas"/>
    public bool? NormalizeSchemas { get; set; }

    /// <inheritdoc cref="SchemaRegistryOptions.UseLatestVersion"/>
    public bool? UseLatestVersion { get; set; }

    /// <inheritdoc cref="SchemaRegistryOptions.LatestCompatibilityStrict"/>
    public bool? LatestCompatibilityStrict { get; set; }

    /// <summary>Writes by the latest version whose metadata has these properties. The default value is empty: not. Goes before <see cref="UseLatestVersion"/>.</summary>
    public IDictionary<string, string> UseLatestWithMetadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Writes by the schema of this id, which must be registered under the subject. The default value is null: not. Goes before all other ways.</summary>
    public int? UseSchemaId { get; set; }

    /// <inheritdoc cref="SchemaRegistryOptions.SchemaIdLocation"/>
    public SchemaIdLocation? SchemaIdLocation { get; set; }
}
