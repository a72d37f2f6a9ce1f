using System.Security.Cryptography;
using System.Text;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What a registry holds, in memory. Thread-safe.</summary>
internal sealed class RegistryStore
{
    private readonly Lock _gate = new();
    private readonly List<StoredSchema> _schemas = [];
    private readonly SortedDictionary<string, SortedDictionary<int, StoredSchema>> _subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastVersions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _levels = new(StringComparer.Ordinal);

    public string DefaultLevel { get; set; } = "BACKWARD";

    public string[] Subjects()
    {
        lock (_gate) return [.. _subjects.Keys];
    }

    public (StoredSchema Schema, int Version) Register(string subject, SchemaRequest request, bool normalize)
    {
        lock (_gate)
        {
            var identity = SchemaRules.Identity(request.Format, request.Text, normalize);
            if (Find(subject, request, identity, normalize) is { } known) return known;

            SchemaRules.Validate(request, Referenced(request.References));
            if (Incompatibility(subject, request, VersionsOf(subject).Reverse()) is { } why) throw RegistryError.Incompatible(subject, why);

            var schema = _schemas.Find(schema => Same(schema, request, identity, normalize)) ?? Add(request, identity);
            var version = _lastVersions[subject] = _lastVersions.GetValueOrDefault(subject) + 1;
            if (!_subjects.TryGetValue(subject, out var versions)) _subjects[subject] = versions = [];
            versions[version] = schema;
            return (schema, version);
        }
    }

    public (StoredSchema Schema, int Version) LookUp(string subject, SchemaRequest request, bool normalize)
    {
        lock (_gate)
        {
            if (!_subjects.ContainsKey(subject)) throw RegistryError.NoSubject(subject);

            return Find(subject, request, SchemaRules.Identity(request.Format, request.Text, normalize), normalize) ?? throw RegistryError.NoSchema();
        }
    }

    public StoredSchema ById(int id, string? subject)
    {
        lock (_gate)
        {
            // Ids are the same in all contexts here, but only what a context holds is found there.
            return _schemas.Find(schema => schema.Id == id && (ContextOf(subject) is not { } context || _subjects.Any(held => ContextOf(held.Key) == context && held.Value.ContainsValue(schema))))
                ?? throw RegistryError.NoSchema(id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    public StoredSchema ByGuid(Guid guid)
    {
        lock (_gate) return _schemas.Find(schema => schema.Guid == guid) ?? throw RegistryError.NoSchema(guid.ToString());
    }

    public int[] Versions(string subject)
    {
        lock (_gate) return [.. VersionsOf(subject, mustExist: true).Select(static version => version.Key)];
    }

    /// <param name="subject">The subject.</param>
    /// <param name="version">A number, or <c>latest</c>.</param>
    public (StoredSchema Schema, int Version) Version(string subject, string version)
    {
        lock (_gate)
        {
            var versions = VersionsOf(subject, mustExist: true);
            if (version is "latest" or "-1") return (versions.Last().Value, versions.Last().Key);
            if (!int.TryParse(version, out var number)) throw new RegistryError(422, 42202, $"The specified version '{version}' is not a valid version id.");

            return versions.TryGetValue(number, out var schema) ? (schema, number) : throw RegistryError.NoVersion(version);
        }
    }

    public (StoredSchema Schema, int Version) LatestWith(string subject, IReadOnlyDictionary<string, string> metadata)
    {
        lock (_gate)
        {
            foreach (var (version, schema) in VersionsOf(subject, mustExist: true).Reverse())
            {
                if (metadata.All(wanted => schema.Metadata.TryGetValue(wanted.Key, out var value) && value == wanted.Value)) return (schema, version);
            }

            throw RegistryError.NoSchema();
        }
    }

    public int[] Delete(string subject)
    {
        lock (_gate)
        {
            var versions = VersionsOf(subject, mustExist: true).Keys.ToArray();
            _subjects.Remove(subject);
            return versions;
        }
    }

    public string? WhyIncompatible(string subject, string version, SchemaRequest request)
    {
        lock (_gate)
        {
            SchemaRules.Validate(request, Referenced(request.References));
            var compared = Version(subject, version);
            return Incompatibility(subject, request, [KeyValuePair.Create(compared.Version, compared.Schema)]);
        }
    }

    public string LevelOf(string? subject)
    {
        lock (_gate) return subject is null ? DefaultLevel : _levels.TryGetValue(subject, out var level) ? level : throw new RegistryError(404, 40408, $"Subject '{subject}' does not have subject-level compatibility configured");
    }

    public void SetLevel(string? subject, string level)
    {
        if (SchemaRules.LevelOf(level) is null) throw new RegistryError(422, 42203, "Invalid compatibility level.");

        lock (_gate)
        {
            if (subject is null) DefaultLevel = level;
            else _levels[subject] = level;
        }
    }

    private (StoredSchema Schema, int Version)? Find(string subject, SchemaRequest request, string identity, bool normalize)
    {
        foreach (var (version, schema) in VersionsOf(subject))
        {
            if (Same(schema, request, identity, normalize)) return (schema, version);
        }

        return null;
    }

    private static bool Same(StoredSchema schema, SchemaRequest request, string identity, bool normalize) =>
        schema.Format == request.Format && schema.References.SequenceEqual(request.References)
        && (normalize ? SchemaRules.Identity(schema.Format, schema.Text, normalize: true) : schema.Identity) == identity;

    private StoredSchema Add(SchemaRequest request, string identity)
    {
        var content = $"{request.Format}\n{identity}\n{string.Join('\n', request.References)}";
        var guid = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 16), bigEndian: true);
        var schema = new StoredSchema(_schemas.Count + 1, guid, request.Format, request.Text, SchemaRules.Identity(request.Format, request.Text, normalize: false), request.References, request.Metadata, request.RuleSet);
        _schemas.Add(schema);
        return schema;
    }

    private string? Incompatibility(string subject, SchemaRequest request, IEnumerable<KeyValuePair<int, StoredSchema>> older) => SchemaRules.Incompatibility(
        _levels.GetValueOrDefault(subject, DefaultLevel), new SchemaText(request.Text, Referenced(request.References)), request.Format,
        [.. older.Select(version => (version.Value.Format, version.Key, new SchemaText(version.Value.Text, Referenced(version.Value.References))))]);

    /// <summary>What is referred to, each behind those that it refers to itself.</summary>
    private EventSchemaReference[] Referenced(IEnumerable<StoredReference> references) => references.SelectMany(reference =>
    {
        var schema = Version(reference.Subject, reference.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)).Schema;
        return Referenced(schema.References).Append(new EventSchemaReference(reference.Name, schema.Text));
    }).DistinctBy(static reference => (reference.Name, reference.Text)).ToArray();

    private SortedDictionary<int, StoredSchema> VersionsOf(string subject, bool mustExist = false) =>
        _subjects.TryGetValue(subject, out var versions) ? versions : mustExist ? throw RegistryError.NoSubject(subject) : [];

    private static string? ContextOf(string? subject) =>
        subject is not null && subject.StartsWith(":.", StringComparison.Ordinal) && subject.IndexOf(':', 2) is > 2 and var end ? subject[2..end] : null;
}
