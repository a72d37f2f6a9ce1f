using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EventDriven.SchemaRegistry.Testing;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>How changes are judged: by us, and by a registry that others wrote.</summary>
public sealed class SchemaReadingTests(RealRegistry real) : IClassFixture<RealRegistry>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Avro_changes_are_judged_as_the_table_says() => Check(AvroChanges.All, SchemaFormat.Avro, strict: true);

    [Fact]
    public void Registries_let_a_decimal_of_another_scale_through()
    {
        var change = Assert.Single(AvroChanges.All, static change => change.Elsewhere is not null);

        Assert.Equal((true, true), Judge(change, SchemaFormat.Avro, strict: false));
    }

    [Fact]
    public void Protobuf_changes_are_judged_as_the_tables_say()
    {
        Check(ProtobufChanges.All, SchemaFormat.Protobuf, strict: true);
        Check(ProtobufChanges.More, SchemaFormat.Protobuf, strict: true);
        Check([.. ProtobufChanges.All, .. ProtobufChanges.More], SchemaFormat.Protobuf, letThrough: ProtobufChanges.LetThrough);
    }

    [Fact]
    public void Json_changes_are_judged_as_the_tables_say()
    {
        Check(JsonChanges.Strict, SchemaFormat.Json);
        Check(JsonChanges.More, SchemaFormat.Json);
        Check(JsonChanges.Lenient, SchemaFormat.Json, lenient: true);
    }

    [Fact]
    public async Task The_registry_of_others_judges_Avro_in_the_same_way() => await CheckRegistryAsync(AvroChanges.All, "AVRO", static schema => schema);

    [Fact]
    public async Task The_registry_of_others_judges_Json_in_the_same_way_but_where_it_is_stricter_than_needed()
    {
        await CheckRegistryAsync([.. JsonChanges.Strict, .. JsonChanges.More], "JSON", JsonChanges.WithDialect);

        // Where the two differ, ours says yes to what is so: each is checked by hand, and listed.
        Assert.All(JsonChanges.More.Where(static change => change.Elsewhere is not null), static change => Assert.True(
            (change.Backward || !change.OfRegistry.Backward) && (change.Forward || !change.OfRegistry.Forward), change.What));
    }

    [Fact]
    public async Task The_registry_of_others_judges_Protobuf_in_the_same_way_but_where_its_rules_are_others()
    {
        await CheckRegistryAsync([.. ProtobufChanges.All, .. ProtobufChanges.More], "PROTOBUF", static schema => schema);

        // What breaks the bytes breaks them by anybody's rules: it says yes only where its own rules know less.
        Assert.All(ProtobufChanges.All.Where(static change => !change.Backward && change.OfRegistry.Backward), static change => Assert.True(
            change.What.Contains("oneof", StringComparison.Ordinal) || change.What.Contains("package", StringComparison.Ordinal), change.What));
    }

    [Fact]
    public void The_documentation_has_the_tables()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "EventDriven.sln"))) directory = directory.Parent!;
        var page = File.ReadAllLines(Path.Combine(directory.FullName, "docs", "evolution.md"));

        Assert.All([.. AvroChanges.All, .. ProtobufChanges.All, .. JsonChanges.Strict, .. JsonChanges.Lenient], change => Assert.Contains(change.Row, page));
    }

    [Fact]
    public void A_problem_says_what_is_wrong_where_and_what_to_do()
    {
        var avro = Assert.Single(SchemaReading.Problems(
            SchemaFormat.Avro, ("version 1", Text("""{"type":"record","name":"O","fields":[{"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[]}}}]}""")),
            ("the new schema", Text("""{"type":"record","name":"O","fields":[{"name":"lines","type":{"type":"array","items":{"type":"record","name":"L","fields":[{"name":"price","type":"int"}]}}}]}"""))));
        var json = Assert.Single(SchemaReading.Problems(
            SchemaFormat.Json, ("version 1", Text("""{"type":"object","properties":{"o":{"type":"object","properties":{"n":{"type":"number"}}}}}""")),
            ("the new schema", Text("""{"type":"object","properties":{"o":{"type":"object","properties":{"n":{"type":"integer"}}}}}"""))));

        var protobuf = Assert.Single(SchemaReading.Problems(
            SchemaFormat.Protobuf, ("version 1", Text("""syntax = "proto3"; message O { repeated L lines = 1; message L { int32 price = 1; } }""")),
            ("the new schema", Text("""syntax = "proto3"; message O { repeated L lines = 1; message L { string price = 1; } }"""))));

        Assert.Equal("lines[].price", avro.Path);
        Assert.Contains("version 1 does not write", avro.What, StringComparison.Ordinal);
        Assert.Contains("Give it a default", avro.Remedy, StringComparison.Ordinal);
        Assert.Equal("#/properties/o/properties/n", json.Path);
        Assert.Equal("version 1 may write number here, and the new schema takes only integer.", json.What);
        Assert.NotEmpty(json.Remedy);
        Assert.Equal("O.L.price", protobuf.Path);
        Assert.Equal("version 1 writes int32 here, and the new schema reads string.", protobuf.What);
        Assert.Contains("a field with another number", protobuf.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_Protobuf_file_imports_is_compared_and_need_not_be_there()
    {
        const string Order = """syntax = "proto3"; package shop; import "money.proto"; import "google/protobuf/timestamp.proto"; message Order { Money total = 1; google.protobuf.Timestamp at = 2; }""";
        static string Money(string type) => $$"""syntax = "proto3"; package shop; message Money { {{type}} units = 1; }""";

        Assert.Equal("Money.units", Assert.Single(SchemaReading.Problems(
            SchemaFormat.Protobuf, ("a", Text(Order, ("money.proto", Money("int32")))), ("b", Text(Order, ("money.proto", Money("string")))))).Path);
        Assert.Empty(SchemaReading.Problems(SchemaFormat.Protobuf, ("a", Text(Order, ("money.proto", Money("int32")))), ("b", Text(Order, ("money.proto", Money("int64"))))));
        Assert.Empty(SchemaReading.Problems(SchemaFormat.Protobuf, ("a", Text(Order)), ("b", Text(Order))));
    }

    [Theory]
    [InlineData("message A { string a = ; }")]
    [InlineData("message A { string a = x; }")]
    [InlineData("message A { string = 1; }")]
    [InlineData("message { }")]
    [InlineData("message A { string a = 1 }")]
    [InlineData("message A { oneof { string a = 1; } }")]
    [InlineData("message A { map<string> a = 1; }")]
    [InlineData("message A {")]
    [InlineData("hello: world")]
    [InlineData("AAAA")]
    [InlineData("CgA")]
    public void What_is_no_Protobuf_file_is_told(string text)
    {
        Assert.Contains("a is no Protobuf schema", Assert.Throws<FormatException>(() => SchemaReading.Problems(SchemaFormat.Protobuf, ("a", Text(text)), ("b", Text("message B { }")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_that_refer_to_themselves_are_compared()
    {
        var before = Text("""{"$ref":"#/definitions/n","definitions":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/definitions/n"},{"type":"null"}]},"all":{"type":"array","items":{"$ref":"#"}}},"additionalProperties":false}}}""");
        var after = Text("""{"$ref":"#/definitions/n","definitions":{"n":{"type":"object","properties":{"next":{"oneOf":[{"type":"null"},{"$ref":"#/definitions/n"}]},"more":{"type":"string"},"all":{"type":"array","items":{"$ref":"#"}}},"additionalProperties":false}}}""");

        Assert.Empty(SchemaReading.Problems(SchemaFormat.Json, ("a", before), ("b", after)));
        Assert.NotEmpty(SchemaReading.Problems(SchemaFormat.Json, ("b", after), ("a", before)));
        Assert.NotEmpty(SchemaReading.Problems(SchemaFormat.Json, ("a", Text("{}")), ("b", after)));
    }

    [Fact]
    public void What_a_schema_refers_to_is_compared()
    {
        var order = """{"type":"object","properties":{"total":{"$ref":"money.json"}}}""";

        Assert.Equal(
            "#/properties/total",
            Assert.Single(SchemaReading.Problems(SchemaFormat.Json, ("a", Text(order, ("money.json", """{"type":"number"}"""))), ("b", Text(order, ("money.json", """{"type":"integer"}"""))))).Path);
        Assert.Contains("is not there", SchemaReading.Problems(SchemaFormat.Json, ("a", Text("{}")), ("b", Text(order)))[0].What + SchemaReading.Problems(SchemaFormat.Json, ("a", Text(order)), ("b", Text("""{"type":"object","properties":{"total":{"type":"number"}}}""")))[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Transitive_levels_look_at_all_versions()
    {
        (string, SchemaText) first = ("version 1", Text("""{"enum":["A","B"]}""")), second = ("version 2", Text("""{"enum":["A"]}""")), next = ("the new schema", Text("""{"enum":["A","C"]}"""));

        Assert.Empty(SchemaReading.Problems(SchemaFormat.Json, SchemaCompatibility.Backward, next, [second, first]));
        Assert.Contains("version 1", Assert.Single(SchemaReading.Problems(SchemaFormat.Json, SchemaCompatibility.BackwardTransitive, next, [second, first])).What, StringComparison.Ordinal);
        Assert.NotEmpty(SchemaReading.Problems(SchemaFormat.Json, SchemaCompatibility.Full, next, [second]));
        Assert.Empty(SchemaReading.Problems(SchemaFormat.Json, SchemaCompatibility.None, next, [first]));
    }

    private static void Check(IEnumerable<SchemaChange> changes, SchemaFormat format, bool lenient = false, bool strict = false, IReadOnlyList<string>? letThrough = null) => Assert.Equal([], changes
        .Where(change => Judge(change, format, lenient, strict) != (letThrough?.Contains(change.What) is true ? (true, true) : (change.Backward, change.Forward)))
        .Select(change => $"{change.What}: {Judge(change, format, lenient, strict)}"));

    private static (bool Backward, bool Forward) Judge(SchemaChange change, SchemaFormat format, bool lenient = false, bool strict = false) => (
        SchemaReading.Problems(format, ("before", Text(change.Before)), ("after", Text(change.After)), lenient, strict).Count == 0,
        SchemaReading.Problems(format, ("after", Text(change.After)), ("before", Text(change.Before)), lenient, strict).Count == 0);

    private static SchemaText Text(string text, params (string Name, string Text)[] references) => new(text, [.. references.Select(static reference => new EventSchemaReference(reference.Name, reference.Text))]);

    private async Task CheckRegistryAsync(IReadOnlyList<SchemaChange> changes, string type, Func<string, string> complete)
    {
        Assert.SkipUnless(RegistryDistribution.IsPresent, RegistryDistribution.HowToRun);
        using var client = new HttpClient();
        List<string> others = [];
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var subject = $"change-{Guid.NewGuid():N}";
            await SendAsync(client, HttpMethod.Post, $"subjects/{subject}/versions", new JsonObject { ["schema"] = complete(change.Before), ["schemaType"] = type });
            var judged = (await IsCompatibleAsync("BACKWARD"), await IsCompatibleAsync("FORWARD"));
            if (judged != change.OfRegistry) others.Add($"{change.What}: {judged}");

            async Task<bool> IsCompatibleAsync(string level)
            {
                await SendAsync(client, HttpMethod.Put, $"config/{subject}", new JsonObject { ["compatibility"] = level });
                return (bool)(await SendAsync(client, HttpMethod.Post, $"compatibility/subjects/{subject}/versions/latest", new JsonObject { ["schema"] = complete(change.After), ["schemaType"] = type }))["is_compatible"]!;
            }
        }

        Assert.Equal([], others);
    }

    private async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, $"{real.Url}/{path}") { Content = JsonContent.Create(body) };
        using var response = await client.SendAsync(request, Cancelled);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
    }
}
