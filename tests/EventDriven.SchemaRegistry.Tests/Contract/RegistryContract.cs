namespace EventDriven.SchemaRegistry.Tests;

/// <summary>What a registry does for the library. The same tests run against the embedded one and one that others wrote, so that the former can't drift.</summary>
public abstract class RegistryContract
{
    private static readonly string[] Name = ["name"];

    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    /// <summary>Names of its own for each test: the registry of others keeps what earlier tests registered.</summary>
    private readonly string _unique = $"T{Guid.NewGuid():N}";

    private string Subject => $"{_unique}-value";

    protected abstract string Url { get; }

    [Fact]
    public async Task A_schema_that_is_registered_is_found_by_its_id_and_under_its_subject()
    {
        var registry = TestRegistry.Access(Url);
        var schema = TestRegistry.Avro(_unique, Name);

        var registered = await registry.FindAsync(Subject, schema, new SchemaUse { AutoRegister = true }, _patience);
        var lookedUp = await TestRegistry.Access(Url).FindAsync(Subject, schema, new SchemaUse(), _patience);
        var read = await TestRegistry.Access(Url).GetAsync(new SchemaKey(registered.Schema.Id), _patience);

        Assert.True(registered.IsOwn);
        Assert.Equal(registered.Schema.Id, lookedUp.Schema.Id);
        Assert.Equal(schema.Text, read.Text);
        Assert.Equal(SchemaFormat.Avro, read.Format);
        Assert.Empty(read.References);
    }

    [Fact]
    public async Task A_schema_has_one_id_however_often_and_wherever_it_is_registered()
    {
        var schema = TestRegistry.Avro(_unique, Name);
        var use = new SchemaUse { AutoRegister = true };

        var first = await TestRegistry.Access(Url).FindAsync(Subject, schema, use, _patience);
        var again = await TestRegistry.Access(Url).FindAsync(Subject, schema, use, _patience);
        var elsewhere = await TestRegistry.Access(Url).FindAsync($"{_unique}-other", schema, use, _patience);

        Assert.Equal(first.Schema.Id, again.Schema.Id);
        Assert.Equal(first.Schema.Id, elsewhere.Schema.Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("eu")]
    public async Task A_schema_can_be_read_where_dataschema_says(string? context)
    {
        var registry = TestRegistry.Access(Url, options => options.Context = context);
        var schema = TestRegistry.Avro(_unique, Name);
        using var http = new HttpClient();

        var found = await registry.FindAsync(Subject, schema, new SchemaUse { AutoRegister = true }, _patience);

        Assert.Contains(_unique, await http.GetStringAsync(new Uri(registry.UriOf(new SchemaKey(found.Schema.Id), Subject)!), _patience), StringComparison.Ordinal);
        if (found.Schema.Guid is { } guid) Assert.Contains(_unique, await http.GetStringAsync(new Uri(registry.UriOf(new SchemaKey(guid), Subject)!), _patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_nobody_gave_is_absent()
    {
        var failure = await Assert.ThrowsAsync<RegistryRequestException>(async () => await TestRegistry.Access(Url).GetAsync(new SchemaKey(2_000_000_000), _patience));

        Assert.Equal(RegistryFailure.Absent, failure.Failure);
        Assert.Equal(40403, failure.ErrorCode);
    }

    [Fact]
    public async Task A_subject_that_is_not_there_is_absent()
    {
        var latest = await Assert.ThrowsAsync<RegistryRequestException>(() => TestRegistry.Access(Url).FindAsync(Subject, TestRegistry.Avro(_unique, Name), new SchemaUse { Latest = true }, _patience));
        var lookedUp = await Assert.ThrowsAsync<RegistryRequestException>(() => TestRegistry.Access(Url).FindAsync(Subject, TestRegistry.Avro(_unique, Name), new SchemaUse(), _patience));

        Assert.Equal((RegistryFailure.Absent, 40401), (latest.Failure, latest.ErrorCode));
        Assert.Equal(RegistryFailure.Absent, lookedUp.Failure);
    }

    [Fact]
    public async Task A_schema_that_is_not_under_its_subject_is_absent()
    {
        var registry = TestRegistry.Access(Url);
        await registry.FindAsync(Subject, TestRegistry.Avro(_unique, Name), new SchemaUse { AutoRegister = true }, _patience);

        var failure = await Assert.ThrowsAsync<RegistryRequestException>(() => registry.FindAsync(Subject, TestRegistry.Avro(_unique, "other"), new SchemaUse(), _patience));

        Assert.Equal((RegistryFailure.Absent, 40403), (failure.Failure, failure.ErrorCode));
    }

    [Fact]
    public async Task A_schema_that_is_none_is_invalid()
    {
        var failure = await Assert.ThrowsAsync<RegistryRequestException>(
            () => TestRegistry.Access(Url).FindAsync(Subject, new SchemaDefinition(SchemaFormat.Avro, """{"type":"no-such-type"}"""), new SchemaUse { AutoRegister = true }, _patience));

        Assert.Equal((RegistryFailure.Invalid, 42201), (failure.Failure, failure.ErrorCode));
    }

    [Fact]
    public async Task A_change_against_the_subjects_level_is_incompatible()
    {
        var options = TestRegistry.Options(Url);
        using var client = VendorClient.Create(options);
        var registry = TestRegistry.Access(client, options);
        var use = new SchemaUse { AutoRegister = true };
        await registry.FindAsync(Subject, TestRegistry.Avro(_unique, Name), use, _patience);
        await client.UpdateCompatibilityAsync(Confluent.SchemaRegistry.Compatibility.Backward, Subject);
        var withMore = TestRegistry.Avro(_unique, "name", "more");

        Assert.False(await registry.IsCompatibleAsync(Subject, withMore, _patience));
        Assert.True(await registry.IsCompatibleAsync(Subject, TestRegistry.Avro(_unique), _patience));
        var failure = await Assert.ThrowsAsync<RegistryRequestException>(() => registry.FindAsync(Subject, withMore, use, _patience));
        Assert.Equal(RegistryFailure.Incompatible, failure.Failure);
    }

    [Fact]
    public async Task A_change_of_a_JSON_schema_is_judged_too()
    {
        static SchemaDefinition Schema(string properties) => new(SchemaFormat.Json, $$"""{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{{properties}},"additionalProperties":false}""");

        var options = TestRegistry.Options(Url);
        using var client = VendorClient.Create(options);
        var registry = TestRegistry.Access(client, options);
        await registry.FindAsync(Subject, Schema("""{"id":{"type":"string"}}"""), new SchemaUse { AutoRegister = true }, _patience);
        await client.UpdateCompatibilityAsync(Confluent.SchemaRegistry.Compatibility.Backward, Subject);

        Assert.True(await registry.IsCompatibleAsync(Subject, Schema("""{"id":{"type":"string"},"note":{"type":"string"}}"""), _patience));
        Assert.False(await registry.IsCompatibleAsync(Subject, Schema("""{"note":{"type":"string"}}"""), _patience));
    }

    [Fact]
    public async Task The_latest_is_the_newest_and_one_by_id_is_that()
    {
        var registry = TestRegistry.Access(Url);
        var older = await registry.FindAsync(Subject, TestRegistry.Avro(_unique, Name), new SchemaUse { AutoRegister = true }, _patience);
        var newer = await registry.FindAsync(Subject, TestRegistry.Avro(_unique), new SchemaUse { AutoRegister = true }, _patience);
        var own = TestRegistry.Avro(_unique, Name);

        var latest = await registry.FindAsync(Subject, own, new SchemaUse { Latest = true }, _patience);
        var byId = await registry.FindAsync(Subject, own, new SchemaUse { Id = older.Schema.Id, Latest = true }, _patience);

        Assert.Equal(newer.Schema.Id, latest.Schema.Id);
        Assert.False(latest.IsOwn);
        Assert.Equal(older.Schema.Id, byId.Schema.Id);
        Assert.True(byId.IsOwn);
    }

    [Fact]
    public async Task What_a_schema_refers_to_is_registered_first_and_read_with_it()
    {
        var money = TestRegistry.Avro($"{_unique}Money", "amount");
        var order = new SchemaDefinition(
            SchemaFormat.Avro, $$"""{"type":"record","name":"{{_unique}}","namespace":"tests","fields":[{"name":"total","type":"{{money.Name}}"}]}""")
        {
            Name = $"tests.{_unique}",
            Dependencies = [new SchemaDependency(money.Name!, money.Name!, money)],
        };

        var registered = await TestRegistry.Access(Url).FindAsync(Subject, order, new SchemaUse { AutoRegister = true }, _patience);
        var lookedUp = await TestRegistry.Access(Url).FindAsync(Subject, order, new SchemaUse(), _patience);
        var read = await TestRegistry.Access(Url).GetAsync(new SchemaKey(registered.Schema.Id), _patience);

        Assert.Equal(registered.Schema.Id, lookedUp.Schema.Id);
        Assert.Equal([new ReferencedSchema(money.Name!, money.Text)], read.References);
    }

    [Fact]
    public async Task A_JSON_schema_and_what_it_refers_to_are_registered_and_read_together()
    {
        var id = new SchemaDefinition(SchemaFormat.Json, $$"""{"$schema":"http://json-schema.org/draft-07/schema#","title":"{{_unique}}Id","type":"string"}""");
        var order = new SchemaDefinition(SchemaFormat.Json, $$$$"""{"$schema":"http://json-schema.org/draft-07/schema#","title":"{{{{_unique}}}}","type":"object","properties":{"id":{"$ref":"id.json"}}}""")
        {
            Dependencies = [new SchemaDependency("id.json", $"{_unique}-id", id)],
        };

        var registered = await TestRegistry.Access(Url).FindAsync(Subject, order, new SchemaUse { AutoRegister = true }, _patience);
        var lookedUp = await TestRegistry.Access(Url).FindAsync(Subject, order, new SchemaUse(), _patience);
        var read = await TestRegistry.Access(Url).GetAsync(new SchemaKey(registered.Schema.Id), _patience);

        Assert.Equal(registered.Schema.Id, lookedUp.Schema.Id);
        Assert.Equal([new ReferencedSchema("id.json", id.Text)], read.References);
    }

    [Fact]
    public async Task A_schema_is_found_however_it_is_written_where_it_is_normalized()
    {
        var own = TestRegistry.Avro(_unique, Name);
        var otherwise = new SchemaDefinition(SchemaFormat.Avro, $$"""{ "namespace": "tests", "name": "{{_unique}}", "type": "record", "fields": [ { "type": "string", "name": "name" } ] }""");
        var normalize = new SchemaUse { Normalize = true };

        var registered = await TestRegistry.Access(Url).FindAsync(Subject, own, normalize with { AutoRegister = true }, _patience);
        var lookedUp = await TestRegistry.Access(Url).FindAsync(Subject, otherwise, normalize, _patience);
        var again = await TestRegistry.Access(Url).FindAsync(Subject, otherwise, normalize with { AutoRegister = true }, _patience);

        Assert.Equal(registered.Schema.Id, lookedUp.Schema.Id);
        Assert.Equal(registered.Schema.Id, again.Schema.Id);
    }

    [Fact]
    public async Task A_schema_that_is_written_otherwise_is_another_where_nothing_is_normalized()
    {
        var own = TestRegistry.Avro(_unique, Name);
        var otherwise = new SchemaDefinition(SchemaFormat.Avro, $$"""{"namespace":"tests","name":"{{_unique}}","type":"record","fields":[{"type":"string","name":"name"}]}""");

        var registered = await TestRegistry.Access(Url).FindAsync(Subject, own, new SchemaUse { AutoRegister = true }, _patience);
        var missing = await Assert.ThrowsAsync<RegistryRequestException>(() => TestRegistry.Access(Url).FindAsync(Subject, otherwise, new SchemaUse(), _patience));
        var other = await TestRegistry.Access(Url).FindAsync(Subject, otherwise, new SchemaUse { AutoRegister = true }, _patience);

        Assert.Equal((RegistryFailure.Absent, 40403), (missing.Failure, missing.ErrorCode));
        Assert.NotEqual(registered.Schema.Id, other.Schema.Id);
        Assert.Equal(otherwise.Text, (await TestRegistry.Access(Url).GetAsync(new SchemaKey(other.Schema.Id), _patience)).Text);
    }

    // A context is a part of the subject's name to the registry of others: an id is found in each there. That it is not is tested on the embedded one (SchemaRegistryAccessTests).
    // Metadata it takes and forgets, and it has no path to look up by it; that is tested there too.
    [Fact]
    public async Task A_subject_in_a_context_is_another_than_the_one_of_the_same_name_outside()
    {
        var context = $"C{Guid.NewGuid():N}";
        var inside = TestRegistry.Access(Url, options => options.Context = context);
        var schema = TestRegistry.Avro(_unique, Name);
        var registered = await inside.FindAsync(Subject, schema, new SchemaUse { AutoRegister = true }, _patience);

        var latest = await inside.FindAsync(Subject, schema, new SchemaUse { Latest = true }, _patience);
        var byName = await TestRegistry.Access(Url).FindAsync($":.{context}:{Subject}", schema, new SchemaUse(), _patience);
        var read = await TestRegistry.Access(Url, options => options.Context = context).GetAsync(new SchemaKey(registered.Schema.Id), _patience);
        var outside = await Assert.ThrowsAsync<RegistryRequestException>(() => TestRegistry.Access(Url).FindAsync(Subject, schema, new SchemaUse { Latest = true }, _patience));

        Assert.Equal(registered.Schema.Id, latest.Schema.Id);
        Assert.Equal(registered.Schema.Id, byName.Schema.Id);
        Assert.Equal(schema.Text, read.Text);
        Assert.Equal((RegistryFailure.Absent, 40401), (outside.Failure, outside.ErrorCode));
    }

    [Fact]
    public async Task Schemas_of_all_formats_are_kept_as_what_they_are()
    {
        var registry = TestRegistry.Access(Url);
        var json = new SchemaDefinition(SchemaFormat.Json, $$"""{"$schema":"http://json-schema.org/draft-07/schema#","title":"{{_unique}}","type":"object"}""");
        var protobuf = new SchemaDefinition(SchemaFormat.Protobuf, $"syntax = \"proto3\";\npackage tests;\n\nmessage {_unique} {{\n  string name = 1;\n}}\n");
        foreach (var schema in (SchemaDefinition[])[json, protobuf])
        {
            var found = await registry.FindAsync($"{_unique}-{schema.Format}", schema, new SchemaUse { AutoRegister = true }, _patience);
            Assert.Equal(schema.Format, (await TestRegistry.Access(Url).GetAsync(new SchemaKey(found.Schema.Id), _patience)).Format);
        }
    }

    [Fact]
    public async Task Another_format_under_a_subject_can_not_be_written_by()
    {
        var registry = TestRegistry.Access(Url);
        await registry.FindAsync(Subject, new SchemaDefinition(SchemaFormat.Json, """{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}"""), new SchemaUse { AutoRegister = true }, _patience);

        var failure = await Assert.ThrowsAsync<RegistryRequestException>(
            () => registry.FindAsync(Subject, TestRegistry.Avro(_unique, Name), new SchemaUse { Latest = true, LatestMustBeCompatible = false }, _patience));

        Assert.Equal(RegistryFailure.Invalid, failure.Failure);
    }
}
