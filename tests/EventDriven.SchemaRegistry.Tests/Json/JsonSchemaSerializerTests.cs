using System.Text;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.SchemaRegistry.Tests;

public sealed class JsonSchemaSerializerTests
{
    private static readonly Order Placed = new("A1", 7);

    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Theory]
    [InlineData(SchemaIdLocation.Prefix, EventComponent.Value)]
    [InlineData(SchemaIdLocation.Prefix, EventComponent.Key)]
    [InlineData(SchemaIdLocation.Header, EventComponent.Value)]
    [InlineData(SchemaIdLocation.Header, EventComponent.Key)]
    public async Task An_event_comes_back_and_is_framed_as_is_said(SchemaIdLocation location, EventComponent component)
    {
        await using var bench = await JsonBench.StartAsync();
        var headers = new EventHeaders();
        var serializer = bench.Serializer<Order>(options => options.SchemaIdLocation = location, component);

        var bytes = await serializer.SerializeAsync(Placed, JsonBench.Context(component, headers), _patience);
        var read = await bench.Serializer<Order>(component: component).DeserializeAsync(bytes, JsonBench.Context(component, headers), _patience);

        Assert.Equal(Placed, read);
        const string Json = """{"id":"A1","amount":7,"note":null}""";
        Assert.Equal(location is SchemaIdLocation.Prefix ? [0, 0, 0, 0, 1, .. Encoding.UTF8.GetBytes(Json)] : Encoding.UTF8.GetBytes(Json), bytes);
        Assert.Equal(location is SchemaIdLocation.Prefix ? 0 : 1, headers.Count);
        Assert.Equal($"POST /subjects/orders-{(component is EventComponent.Key ? "key" : "value")}/versions?normalize=False", bench.Registry.Requests[0]);
    }

    [Fact]
    public async Task The_schema_of_a_type_is_always_the_same_text_with_its_name_as_title()
    {
        await using var bench = await JsonBench.StartAsync();
        await bench.Serializer<Order>().SerializeAsync(Placed, JsonBench.Context(), _patience);
        var registered = await bench.Services.GetRequiredService<RegistryDirectory>().Get(null).GetAsync(new SchemaKey(1), _patience);

        Assert.Equal(
            """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Order","type":"object","properties":{"id":{"type":"string"},"amount":{"type":"integer"},"note":{"type":["string","null"],"default":null}},"required":["id","amount"]}""",
            registered.Text);
        Assert.Equal("Order", bench.Factory().NameOf<Order>());
    }

    [Fact]
    public async Task Once_a_schema_is_known_nothing_is_waited_for_and_nobody_is_asked()
    {
        await using var bench = await JsonBench.StartAsync();
        var serializer = bench.Serializer<Order>();
        var bytes = await serializer.SerializeAsync(Placed, JsonBench.Context(), _patience);
        await serializer.DeserializeAsync(bytes, JsonBench.Context(), _patience);
        var asked = bench.Registry.Requests.Count;

        for (var i = 0; i < 100; i++)
        {
            Assert.True(serializer.SerializeAsync(Placed, JsonBench.Context(), _patience).AsTask().IsCompletedSuccessfully);
            Assert.True(serializer.DeserializeAsync(bytes, JsonBench.Context(), _patience).AsTask().IsCompletedSuccessfully);
        }

        Assert.Equal(asked, bench.Registry.Requests.Count);
    }

    [Fact]
    public async Task Without_AutoRegister_a_schema_has_to_be_there_and_its_absence_is_not_asked_for_each_time()
    {
        var time = new FakeTimeProvider();
        await using var bench = await JsonBench.StartAsync(static options => options.AutoRegister = null, time);
        var serializer = bench.Serializer<Order>();

        for (var i = 0; i < 10; i++)
        {
            var error = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.SerializeAsync(Placed, JsonBench.Context(), _patience));
            Assert.Equal(
                "A EventDriven.SchemaRegistry.Tests.Order can't be written as the value of a record of topic 'orders': Schema registry 'SchemaRegistry', asked for the schema under "
                + "'orders-value': Subject 'orders-value' not found. (40401) Register it before its producer is deployed; in development, AutoRegister does it.",
                error.Message);
            Assert.Equal(RegistryFailure.Absent, Assert.IsType<RegistryRequestException>(error.InnerException).Failure);
        }

        Assert.Single(bench.Registry.Requests);
        await bench.Serializer<Order>(static options => options.AutoRegister = true).SerializeAsync(Placed, JsonBench.Context(), _patience);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotEmpty(await serializer.SerializeAsync(Placed, JsonBench.Context(), _patience));
    }

    [Fact]
    public async Task The_latest_is_looked_up_again_after_its_time_and_an_outage_then_leaves_the_one_that_is_known()
    {
        var time = new FakeTimeProvider();
        await using var bench = await JsonBench.StartAsync(static options => (options.UseLatestVersion, options.LatestCompatibilityStrict, options.TimeBudget) = (true, false, TimeSpan.FromMinutes(1)), time);
        Assert.Equal(1, bench.Registry.Register("orders-value", """{"title":"Order","type":"object"}""", "JSON"));
        var serializer = bench.Serializer<Order>();
        Assert.Equal(1, await IdAsync());

        Assert.Equal(2, bench.Registry.Register("orders-value", """{"title":"Order","type":"object","description":"newer"}""", "JSON"));
        Assert.Equal(1, await IdAsync());
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, await IdAsync());

        time.Advance(TimeSpan.FromMinutes(5));
        bench.Registry.Inject(RegistryFault.Error(401));
        Assert.Equal(2, await IdAsync());

        async Task<int> IdAsync() => (await serializer.SerializeAsync(Placed, JsonBench.Context(), _patience))[4];
    }

    [Fact]
    public async Task By_id_goes_before_by_metadata_and_that_before_the_latest()
    {
        await using var bench = await JsonBench.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(bench.Registry.Url) };
        foreach (var (text, major) in ((string, string)[])[("one", "1"), ("two", "1"), ("three", "2"), ("four", "3")])
        {
            var body = """{"schemaType":"JSON","schema":"{\"title\":\"TEXT\"}","metadata":{"properties":{"major":"MAJOR"}}}""".Replace("TEXT", text, StringComparison.Ordinal).Replace("MAJOR", major, StringComparison.Ordinal);
            (await http.PostAsync("/subjects/orders-value/versions", new StringContent(body), _patience)).EnsureSuccessStatusCode();
        }

        Assert.Equal(4, await IdAsync(static options => options.UseLatestVersion = true));
        Assert.Equal(2, await IdAsync(static options => (options.UseLatestWithMetadata["major"], options.UseLatestVersion) = ("1", true)));
        Assert.Equal(3, await IdAsync(static options => (options.UseLatestWithMetadata["major"], options.UseSchemaId) = ("1", 3)));
        var absent = await Assert.ThrowsAsync<EventSerializationException>(() => IdAsync(static options => options.UseLatestWithMetadata["major"] = "9"));
        Assert.Equal(RegistryFailure.Absent, Assert.IsType<RegistryRequestException>(absent.InnerException).Failure);

        async Task<int> IdAsync(Action<EventDriven.SchemaRegistry.Json.JsonSchemaOptions> configure) => (await bench.Serializer<Order>(options =>
        {
            options.LatestCompatibilityStrict = false;
            configure(options);
        }).SerializeAsync(Placed, JsonBench.Context(), _patience))[4];
    }

    [Fact]
    public async Task Whether_to_normalize_is_said_to_the_registry()
    {
        await using var bench = await JsonBench.StartAsync();
        await bench.Serializer<Order>(static options => options.NormalizeSchemas = true).SerializeAsync(Placed, JsonBench.Context(), _patience);

        Assert.Equal(["POST /subjects/orders-value/versions?normalize=True"], bench.Registry.Requests);
    }

    [Theory]
    [InlineData(SubjectNaming.Topic, "orders-value")]
    [InlineData(SubjectNaming.Record, "Order")]
    [InlineData(SubjectNaming.TopicRecord, "orders-Order")]
    public async Task A_subject_is_named_as_is_said(SubjectNaming naming, string subject)
    {
        await using var bench = await JsonBench.StartAsync();
        await bench.Serializer<Order>(options => options.SubjectNaming = naming).SerializeAsync(Placed, JsonBench.Context(), _patience);
        await bench.Serializer<Order>(static options => options.SubjectNamer = static (topic, component, record) => $"own-{topic}-{component}-{record}").SerializeAsync(Placed, JsonBench.Context(), _patience);

        Assert.Equal([$"POST /subjects/{subject}/versions?normalize=False", "POST /subjects/own-orders-Value-Order/versions?normalize=False"], bench.Registry.Requests);
    }

    [Fact]
    public async Task An_event_that_does_not_match_its_schema_is_neither_written_nor_read_where_that_is_wanted()
    {
        await using var bench = await JsonBench.StartAsync();
        const string Strict = """{"title":"Order","type":"object","properties":{"id":{"type":"string"},"amount":{"type":"integer","maximum":10}},"required":["id"]}""";
        var careless = bench.Serializer<Order>(static options => options.UseSchema<Order>(Strict));
        var strict = bench.Serializer<Order>(static options => (options.UseSchema<Order>(Strict).ValidateOnRead, options.ValidateOnWrite) = (true, true));
        var bytes = await careless.SerializeAsync(new Order("secret", 11), JsonBench.Context(), _patience);

        var written = await Assert.ThrowsAsync<EventSerializationException>(async () => await strict.SerializeAsync(new Order("secret", 11), JsonBench.Context(), _patience));
        var read = await Assert.ThrowsAsync<EventSerializationException>(async () => await strict.DeserializeAsync(bytes, JsonBench.Context(), _patience));

        Assert.EndsWith("it does not match its schema: #/amount (NumberTooBig).", written.Message, StringComparison.Ordinal);
        Assert.EndsWith("schema id 1: it does not match its schema: #/amount (NumberTooBig).", read.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", written.Message + read.Message, StringComparison.Ordinal);
        Assert.Equal(10, (await strict.DeserializeAsync(await strict.SerializeAsync(new Order("b", 10), JsonBench.Context(), _patience), JsonBench.Context(), _patience)).Amount);
    }

    [Fact]
    public async Task The_attribute_dataschema_is_added_for_CloudEvents_only_and_leaves_the_callers()
    {
        await using var bench = await JsonBench.StartAsync();
        var serializer = bench.Serializer<Order>();
        var plain = new EventHeaders();
        var cloudEvent = new EventHeaders();
        var own = new EventHeaders().Add("ce_dataschema", "urn:mine");
        await serializer.SerializeAsync(Placed, JsonBench.Context(headers: plain), _patience);
        await serializer.SerializeAsync(Placed, JsonBench.Context(headers: cloudEvent, isCloudEvent: true), _patience);
        await serializer.SerializeAsync(Placed, JsonBench.Context(headers: own, isCloudEvent: true), _patience);

        Assert.Empty(plain);
        Assert.Equal($"{bench.Registry.Url}/schemas/ids/1", cloudEvent.GetText("ce_dataschema"));
        Assert.Equal("urn:mine", Assert.Single(own).TryGetText(out var text) ? text : null);
        Assert.Equal("application/json", serializer.ContentType);
    }

    [Fact]
    public async Task The_check_at_start_tells_the_registrys_own_reason()
    {
        await using var bench = await JsonBench.StartAsync(static options => options.AutoRegister = false);
        var check = (IEventSerializerCheck)bench.Serializer<Order>();

        Assert.Contains("Subject 'orders-value' not found. (40401)", await check.CheckAsync("orders", EventComponent.Value, _patience), StringComparison.Ordinal);
        Assert.Contains("There is no version under 'orders-value' yet.", await check.CheckAsync("orders", EventComponent.Value, _patience), StringComparison.Ordinal);
        bench.Registry.Register("orders-value", """{"type":"object","properties":{"id":{"type":"string"},"amount":{"type":"integer"},"note":{"type":["string","null"]}},"required":["id","amount"],"additionalProperties":false}""", "JSON");
        Assert.Contains("It is compatible with the latest version under 'orders-value'.", await check.CheckAsync("orders", EventComponent.Value, _patience), StringComparison.Ordinal);
        bench.Registry.Register("keys-key", "\"string\"");
        Assert.Contains("It is not compatible with the latest version under 'keys-key'", await check.CheckAsync("keys", EventComponent.Key, _patience), StringComparison.Ordinal);
        await bench.Serializer<Order>(static options => options.AutoRegister = true).SerializeAsync(Placed, JsonBench.Context(), _patience);
        Assert.Null(await check.CheckAsync("orders", EventComponent.Value, _patience));
    }

    [Fact]
    public async Task Bytes_of_another_format_are_told_with_their_schema()
    {
        await using var bench = await JsonBench.StartAsync();
        bench.Registry.Register("orders-value", "\"string\"");

        var error = await Assert.ThrowsAsync<EventSerializationException>(async () => await bench.Serializer<Order>().DeserializeAsync((byte[])[0, 0, 0, 0, 1, 2, 65], JsonBench.Context(), _patience));

        Assert.Equal("The value of a record of topic 'orders' is no EventDriven.SchemaRegistry.Tests.Order, schema id 1: the schema is Avro, and Json is what is read here.", error.Message);
    }

    [Fact]
    public async Task An_outage_is_none_of_the_events_and_an_unknown_id_is()
    {
        var time = new FakeTimeProvider();
        await using var bench = await JsonBench.StartAsync(time: time);
        var serializer = bench.Serializer<Order>();
        bench.Registry.Inject(RegistryFault.Error(401));
        var held = await Assert.ThrowsAsync<EventSerializerUnavailableException>(ReadAsync);
        Assert.Equal(RegistryFailure.Refused, Assert.IsType<RegistryRequestException>(held.InnerException).Failure);

        bench.Registry.Heal();
        await Assert.ThrowsAsync<EventSerializerUnavailableException>(ReadAsync);
        time.Advance(TimeSpan.FromSeconds(5));
        var fatal = await Assert.ThrowsAsync<EventSerializationException>(ReadAsync);
        Assert.Equal(40403, Assert.IsType<RegistryRequestException>(fatal.InnerException).ErrorCode);

        async Task ReadAsync() => await serializer.DeserializeAsync((byte[])[0, 0, 0, 0, 9, 123, 125], JsonBench.Context(), _patience);
    }

    [Fact]
    public async Task Whatever_the_bytes_are_there_is_an_event_or_one_exception_in_bounded_memory()
    {
        await using var bench = await JsonBench.StartAsync();
        var serializer = bench.Serializer<Order>();
        var good = await serializer.SerializeAsync(new Order("A1", 7, "note"), JsonBench.Context(), _patience);
        await serializer.DeserializeAsync(good, JsonBench.Context(), _patience);
        byte[] deep = [0, 0, 0, 0, 1, .. Enumerable.Repeat((byte)'[', 100_000)];
        await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(deep, JsonBench.Context(), _patience));
        for (var length = 0; length < good.Length; length++)
        {
            await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(good.AsMemory(0, length), JsonBench.Context(), _patience));
        }

        var random = new Random(20261126);
        var read = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = good.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--) bytes[random.Next(5, bytes.Length)] = (byte)random.Next(256);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.NotNull(await serializer.DeserializeAsync(bytes, JsonBench.Context(), _patience));
                read++;
            }
            catch (EventSerializationException)
            {
                // The one that it may be.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
        }

        Assert.InRange(read, 1, 49_999);
    }

    [Fact]
    public async Task Writing_costs_the_array_that_is_sent_and_nothing_else()
    {
        await using var bench = await JsonBench.StartAsync();
        var serializer = bench.Serializer<Order>();
        var context = JsonBench.Context();
        var bytes = await serializer.SerializeAsync(Placed, context, _patience);
        for (var i = 0; i < 1000; i++) await serializer.SerializeAsync(Placed, context, _patience);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) await serializer.SerializeAsync(Placed, context, _patience);

        var array = (24 + bytes.Length + 7) / 8 * 8;
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, array);
    }
}
