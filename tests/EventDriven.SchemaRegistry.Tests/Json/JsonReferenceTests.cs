using EventDriven.SchemaRegistry.Json;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>JSON Schemas that refer to others, and several types of event under one subject by a <c>oneOf</c>.</summary>
public sealed class JsonReferenceTests
{
    private const string Union = """{"$schema":"http://json-schema.org/draft-07/schema#","oneOf":[{"$ref":"order.json"},{"$ref":"cancelled.json"}]}""";
    private const string OrderSchema = """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Order","type":"object","properties":{"id":{"$ref":"id.json#"},"amount":{"type":"integer","maximum":10}},"required":["id","amount"]}""";
    private const string CancelledSchema = """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Cancelled","type":"object","properties":{"id":{"$ref":"id.json"}},"required":["id"],"additionalProperties":false}""";
    private const string IdSchema = """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Id","type":"string","maxLength":5}""";

    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Fact]
    public async Task What_a_schema_refers_to_is_registered_before_it_each_once_and_read_with_it()
    {
        await using var bench = await JsonBench.StartAsync();
        var bytes = await bench.Serializer<Order>(Unite).SerializeAsync(new Order("A1", 7), JsonBench.Context(), _patience);

        Assert.Equal(
            ["id-schema", "order-schema", "cancelled-schema", "orders-value"],
            bench.Registry.Requests.Where(static request => request.Contains("/versions", StringComparison.Ordinal)).Select(static request => request.Split('/')[2]));
        var known = await TestRegistry.Access(bench.Registry.Url).GetAsync(new SchemaKey(bytes[4]), _patience);
        Assert.Equal(["id.json", "order.json", "cancelled.json"], known.References.Select(static reference => reference.Name));
    }

    [Fact]
    public async Task References_are_found_where_nothing_is_registered_and_validated_by()
    {
        await using var bench = await JsonBench.StartAsync();
        await bench.Serializer<Order>(Unite).SerializeAsync(new Order("A1", 7), JsonBench.Context(), _patience);

        var strict = bench.Serializer<Order>(static options =>
        {
            Unite(options);
            (options.AutoRegister, options.ValidateOnWrite) = (false, true);
        });
        Assert.NotEmpty(await strict.SerializeAsync(new Order("A1", 7), JsonBench.Context(), _patience));
        await Assert.ThrowsAsync<EventSerializationException>(async () => await strict.SerializeAsync(new Order("too long", 7), JsonBench.Context(), _patience));
        await Assert.ThrowsAsync<EventSerializationException>(async () => await strict.SerializeAsync(new Order("A1", 11), JsonBench.Context(), _patience));
    }

    [Fact]
    public async Task The_events_of_a_union_are_told_apart_by_the_branch_that_they_match()
    {
        await using var bench = await JsonBench.StartAsync();
        var factory = bench.Factory(Unite);
        var order = await factory.Create<Order>(EventComponent.Value).SerializeAsync(new Order("A1", 7), JsonBench.Context(), _patience);
        var cancelled = await factory.Create<Cancelled>(EventComponent.Value).SerializeAsync(new Cancelled("A1"), JsonBench.Context(), _patience);

        Assert.Equal(order[..5], cancelled[..5]);
        var reader = bench.Factory();
        Assert.Equal("Order", await reader.ReadTypeAsync(order, JsonBench.Context(), _patience));
        Assert.Equal("Cancelled", await reader.ReadTypeAsync(cancelled, JsonBench.Context(), _patience));
        Assert.Null(await reader.ReadTypeAsync((byte[])[.. order[..5], .. "{}"u8], JsonBench.Context(), _patience));
        Assert.Null(await reader.ReadTypeAsync((byte[])[.. order[..5], .. "{"u8], JsonBench.Context(), _patience));
        Assert.Equal("Order", reader.NameOf<Order>());
    }

    [Fact]
    public async Task A_property_that_is_constant_tells_the_branch_without_reading_the_rest()
    {
        await using var bench = await JsonBench.StartAsync();
        bench.Registry.Register(
            "orders-value",
            """
            {"definitions":{"a":{"title":"Order","properties":{"kind":{"const":"placed"},"id":{"type":"string"}}},"b":{"title":"Cancelled","properties":{"id":{"type":"string"},"kind":{"enum":["cancelled"]}}}},
             "title":"Events","oneOf":[{"$ref":"#/definitions/a"},{"$ref":"#/definitions/b"}]}
            """,
            "JSON");
        var factory = bench.Factory();

        Assert.Equal("Order", await TypeOfAsync("""{"id":"x","kind":"placed"}"""));
        Assert.Equal("Cancelled", await TypeOfAsync("""{"more":{"kind":"placed"},"kind":"cancelled"}"""));
        Assert.Equal("Cancelled", await TypeOfAsync("""{"kind":"c\u0061ncelled" no JSON from here"""));
        Assert.Null(await TypeOfAsync("""{"kind":"other"}"""));
        Assert.Null(await TypeOfAsync("""{"kind":1}"""));
        Assert.Null(await TypeOfAsync("""{"id":"x"}"""));
        Assert.Null(await TypeOfAsync("[]"));
        Assert.Null(await TypeOfAsync(""));

        async Task<string?> TypeOfAsync(string json) => await factory.ReadTypeAsync((byte[])[0, 0, 0, 0, 1, .. System.Text.Encoding.UTF8.GetBytes(json)], JsonBench.Context(), _patience);
    }

    [Fact]
    public async Task A_choice_that_names_no_events_leaves_the_schemas_own_title()
    {
        await using var bench = await JsonBench.StartAsync();
        bench.Registry.Register("orders-value", """{"title":"Order","oneOf":[{"type":"null"},{"type":"object"}]}""", "JSON");

        Assert.Equal("Order", await bench.Factory().ReadTypeAsync((byte[])[0, 0, 0, 0, 1, .. "{}"u8], JsonBench.Context(), _patience));
    }

    [Fact]
    public async Task Schemas_that_refer_to_each_other_in_a_circle_and_one_that_is_no_JSON_are_told_at_start()
    {
        await using var bench = await JsonBench.StartAsync();

        Assert.Equal(
            "The schema 'a.json' refers to itself through others, and can't be registered before itself.",
            Assert.Throws<NotSupportedException>(() => bench.Serializer<Order>(static options => options
                .UseSchema<Order>("""{"$ref":"a.json"}""").AddReference("a.json", "a", """{"$ref":"b.json"}""").AddReference("b.json", "b", """{"items":[{"$ref":"a.json"}]}"""))).Message);
        Assert.StartsWith(
            "The schema that was given as 'a.json' is no JSON: ",
            Assert.Throws<NotSupportedException>(() => bench.Serializer<Order>(static options => options.UseSchema<Order>("""{"$ref":"a.json"}""").AddReference("a.json", "a", "{"))).Message,
            StringComparison.Ordinal);
    }

    private static void Unite(JsonSchemaOptions options) => options
        .UseSchema<Order>(Union).UseSchema<Cancelled>(Union)
        .AddReference("order.json", "order-schema", OrderSchema).AddReference("cancelled.json", "cancelled-schema", CancelledSchema).AddReference("id.json", "id-schema", IdSchema);
}
