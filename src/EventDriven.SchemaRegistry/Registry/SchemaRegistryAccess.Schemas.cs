using Confluent.SchemaRegistry;

namespace EventDriven.SchemaRegistry;

/// <content>Schemas and what they refer to, as the client has them and as we do.</content>
internal sealed partial class SchemaRegistryAccess
{
    /// <summary>More than this is no schema, but an attempt to keep somebody busy.</summary>
    private const int MostReferences = 1000;

    private async Task<FoundSchema> FindAsync(string subject, SchemaDefinition schema, SchemaUse use)
    {
        // The client keeps the latest for as long as it is told, forever by default. How long it may be kept is decided by who asks.
        if (use.Changes) _client.ClearLatestCaches();

        if (use.Id is { } id) return await OtherAsync(await AskForSchemaAsync($"id {id} under '{subject}'", client => client.GetSchemaBySubjectAndIdAsync(subject, id)).ConfigureAwait(false), id, null);
        if (use.LatestWithMetadata is { } metadata)
        {
            var wanted = metadata.ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
            var found = await AskForSchemaAsync($"the latest schema under '{subject}' with the given metadata", client => client.GetLatestWithMetadataAsync(subject, wanted, ignoreDeletedSchemas: false)).ConfigureAwait(false);
            return await OtherAsync(found, found.Id, found.Guid).ConfigureAwait(false);
        }

        if (use.Latest)
        {
            var found = await AskForSchemaAsync($"the latest schema under '{subject}'", client => client.GetLatestSchemaAsync(subject)).ConfigureAwait(false);
            if (use.LatestMustBeCompatible && !await IsCompatibleAsync(subject, schema, CancellationToken.None).ConfigureAwait(false))
            {
                throw new RegistryRequestException($"The schema of the application is not compatible with the latest under '{subject}' (id {found.Id}).", RegistryFailure.Incompatible, null, null);
            }

            return await OtherAsync(found, found.Id, found.Guid).ConfigureAwait(false);
        }

        var own = await RegisterOrLookUpAsync(subject, schema, use).ConfigureAwait(false);
        return new FoundSchema(
            new KnownSchema { Id = own.Id, Guid = ParseGuid(own.Guid), Format = schema.Format, Text = schema.Text, Rules = ContractRules.Of(own), References = schema.Referenced() }, IsOwn: true);

        async Task<FoundSchema> OtherAsync(Schema found, int foundId, string? guid)
        {
            var format = FormatOf(found);
            if (format != schema.Format) throw new RegistryRequestException($"The schema under '{subject}' (id {foundId}) is {format}, and {schema.Format} is what is written.", RegistryFailure.Invalid, null, null);

            var references = await ReadReferencesAsync(found).ConfigureAwait(false);
            return new FoundSchema(
                new KnownSchema { Id = foundId, Guid = ParseGuid(guid), Format = format, Text = found.SchemaString, Rules = ContractRules.Of(found), References = references },
                IsOwn: schema.Is(found.SchemaString, references));
        }
    }

    private async Task<RegisteredSchema> RegisterOrLookUpAsync(string subject, SchemaDefinition schema, SchemaUse use)
    {
        var asked = await WithReferencesAsync(schema, use, []).ConfigureAwait(false);
        return await RegisterOrLookUpAsync(subject, asked, use).ConfigureAwait(false);
    }

    private Task<RegisteredSchema> RegisterOrLookUpAsync(string subject, Schema asked, SchemaUse use) => use.AutoRegister
        ? AskAsync($"registering a schema under '{subject}'", client => RegisterAsync(client, subject, asked, use.Normalize))
        : AskAsync($"the schema under '{subject}'", client => LookUpAsync(client, subject, asked, use.Normalize));

    private static async Task<RegisteredSchema> RegisterAsync(ISchemaRegistryClient client, string subject, Schema schema, bool normalize) =>
        Checked(await client.RegisterSchemaWithResponseAsync(subject, schema, normalize).ConfigureAwait(false));

    private static async Task<RegisteredSchema> LookUpAsync(ISchemaRegistryClient client, string subject, Schema schema, bool normalize) =>
        Checked(await client.LookupSchemaAsync(subject, schema, ignoreDeletedSchemas: true, normalize).ConfigureAwait(false));

    /// <summary>Finds the versions of what a schema refers to, and registers them first where that is wanted; each once, however many refer to it.</summary>
    private async Task<Schema> WithReferencesAsync(SchemaDefinition schema, SchemaUse use, Dictionary<(string Subject, SchemaDefinition Schema), int> versions)
    {
        var references = new List<SchemaReference>(schema.Dependencies.Count);
        foreach (var dependency in schema.Dependencies)
        {
            var subject = Qualify(dependency.Subject);
            if (!versions.TryGetValue((subject, dependency.Schema), out var version))
            {
                var asked = await WithReferencesAsync(dependency.Schema, use, versions).ConfigureAwait(false);
                if (use.AutoRegister) await RegisterOrLookUpAsync(subject, asked, use).ConfigureAwait(false);

                // Not every registry tells the version when it registers.
                var registered = await AskAsync($"the schema under '{subject}'", client => LookUpAsync(client, subject, asked, use.Normalize)).ConfigureAwait(false);
                versions[(subject, dependency.Schema)] = version = registered.Version;
            }

            references.Add(new SchemaReference(dependency.Name, subject, version));
        }

        return new Schema(schema.Text, references, TypeOf(schema.Format));
    }

    private async Task<IReadOnlyList<ReferencedSchema>> ReadReferencesAsync(Schema schema)
    {
        if (schema.References is not { Count: > 0 }) return [];

        var found = new List<ReferencedSchema>();
        await AddAsync(schema, found, new HashSet<string>(StringComparer.Ordinal)).ConfigureAwait(false);
        return found;

        async Task AddAsync(Schema referring, List<ReferencedSchema> found, HashSet<string> seen)
        {
            foreach (var reference in referring.References ?? [])
            {
                if (!seen.Add(reference.Name)) continue;
                if (seen.Count > MostReferences) throw new RegistryRequestException($"A schema refers to more than {MostReferences} others.", RegistryFailure.Invalid, null, null);

                var referred = await AskForSchemaAsync(
                    $"version {reference.Version} of '{reference.Subject}'",
                    client => client.GetRegisteredSchemaAsync(reference.Subject, reference.Version, ignoreDeletedSchemas: false)).ConfigureAwait(false);
                await AddAsync(referred, found, seen).ConfigureAwait(false);
                found.Add(new ReferencedSchema(reference.Name, referred.SchemaString));
            }
        }
    }

    private Task<TSchema> AskForSchemaAsync<TSchema>(string wanted, Func<ISchemaRegistryClient, Task<TSchema>> ask)
        where TSchema : Schema
    {
        return AskAsync(wanted, AskForTextAsync);

        async Task<TSchema> AskForTextAsync(ISchemaRegistryClient client)
        {
            var answer = await ask(client).ConfigureAwait(false);
            return !string.IsNullOrEmpty(answer.SchemaString) ? answer : throw new InvalidDataException("it has no schema");
        }
    }

    private static RegisteredSchema Checked(RegisteredSchema answer) => answer.Id > 0 ? answer : throw new InvalidDataException("it gives no id");

    private static Guid? ParseGuid(string? guid) => Guid.TryParse(guid, out var parsed) ? parsed : null;

    private static SchemaType TypeOf(SchemaFormat format) => format switch
    {
        SchemaFormat.Json => SchemaType.Json,
        SchemaFormat.Protobuf => SchemaType.Protobuf,
        _ => SchemaType.Avro,
    };

    private static SchemaFormat FormatOf(Schema schema) => schema.SchemaType switch
    {
        SchemaType.Json => SchemaFormat.Json,
        SchemaType.Protobuf => SchemaFormat.Protobuf,
        _ => SchemaFormat.Avro,
    };
}
