using System.Text.Json;
using Avro.Generic;
using Confluent.SchemaRegistry;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Avro.Tests.Serialization;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hosting;

/// <summary>What records say of their bytes: <c>content-type</c>, and <c>ce_dataschema</c>, where the schema can be read.</summary>
public sealed class CloudEventTests : IAsyncLifetime
{
    private AvroBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await AvroBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(SchemaIdLocation.Prefix)]
    [InlineData(SchemaIdLocation.Header)]
    public Task An_event_of_a_plain_type_says_where_its_schema_is(SchemaIdLocation location) => AssertSaidAsync(new UseAvroTests.PlainOrder("A1", 1, null), location, "ids/1");

    [Theory]
    [InlineData(SchemaIdLocation.Prefix)]
    [InlineData(SchemaIdLocation.Header)]
    public Task An_event_of_a_generated_type_says_where_its_schema_is(SchemaIdLocation location) =>
        AssertSaidAsync(new SpecificOrder { Id = "A1", Count = 1 }, location, location is SchemaIdLocation.Header ? "guids/" : "ids/1");

    [Theory]
    [InlineData(SchemaIdLocation.Prefix)]
    [InlineData(SchemaIdLocation.Header)]
    public Task A_generic_record_says_where_its_schema_is(SchemaIdLocation location) => AssertSaidAsync(Generic("shop"), location, location is SchemaIdLocation.Header ? "guids/" : "ids/1");

    [Fact]
    public async Task Generic_records_of_several_schemas_each_say_where_theirs_is()
    {
        var said = new List<string?>();
        using var host = await _bench.StartAsync(services =>
        {
            services.AddEventProducer<GenericRecord>("orders", static p => p.UseAvro(static avro => avro.SubjectNaming = SubjectNaming.Record));
            Listen<GenericRecord>(services, headers => said.Add(headers.GetText("ce_dataschema")));
        });

        foreach (var @namespace in (string[])["a", "b", "a"]) await _bench.ProduceAsync(host, Generic(@namespace));
        await host.Services.WaitUntilCaughtUpAsync("audit", _bench.Patience);

        Assert.Equal([$"{_bench.Registry.Url}/schemas/ids/1", $"{_bench.Registry.Url}/schemas/ids/2", $"{_bench.Registry.Url}/schemas/ids/1"], said);
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task The_vendors_serializer_adds_it_to_values_of_CloudEvents_only_and_leaves_the_callers()
    {
        var (plain, key, own) = (new EventHeaders(), new EventHeaders(), new EventHeaders().Add("ce_dataschema", "urn:mine"));
        using var host = _bench.Build(static services => services.AddEventProducer<SpecificOrder>("orders", static p => p.UseAvro()));
        var factory = new FactoryBuilder().UseAvro().Factory!(host.Services);
        var order = new SpecificOrder { Id = "A1" };

        await factory.Create<SpecificOrder>(EventComponent.Value).SerializeAsync(order, new EventSerializationContext("orders", EventComponent.Value, plain), _bench.Patience);
        await factory.Create<SpecificOrder>(EventComponent.Key).SerializeAsync(order, new EventSerializationContext("orders", EventComponent.Key, key) { IsCloudEvent = true }, _bench.Patience);
        await factory.Create<SpecificOrder>(EventComponent.Value).SerializeAsync(order, new EventSerializationContext("orders", EventComponent.Value, own) { IsCloudEvent = true }, _bench.Patience);

        Assert.Empty(plain);
        Assert.Empty(key);
        Assert.Equal("urn:mine", Assert.Single(own).TryGetText(out var text) ? text : null);
    }

    [Theory]
    [InlineData("eu", null)]
    [InlineData(null, ":.eu:orders-value")]
    public async Task A_schema_in_a_context_is_said_to_be_there(string? context, string? subject)
    {
        string? said = null;
        using var host = await _bench.StartAsync(
            services =>
            {
                services.AddEventProducer<UseAvroTests.PlainOrder>("orders", p => p.UseAvro(avro => avro.SubjectNamer = subject is null ? null : (_, _, _) => subject));
                Listen<UseAvroTests.PlainOrder>(services, headers => said = headers.GetText("ce_dataschema"));
            },
            options => options.Context = context);

        await _bench.ProduceAsync(host, new UseAvroTests.PlainOrder("A1", 1, null));
        await host.Services.WaitUntilCaughtUpAsync("audit", _bench.Patience);

        Assert.Equal($"{_bench.Registry.Url}/schemas/ids/1?subject=%3A.eu%3A", said);
        Assert.Contains("PlainOrder", await SchemaAtAsync(said!), StringComparison.Ordinal);
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task A_client_of_ones_own_needs_no_address_and_events_then_do_not_say_where_their_schemas_are()
    {
        var said = new List<EventHeaders>();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _bench.Registry.Url });
        using var host = _bench.Build(services =>
        {
            services.AddEventProducer<UseAvroTests.PlainOrder>("orders", static p => p.UseAvro());
            services.AddEventProducer<SpecificOrder>("orders", static p => p.UseAvro(static avro => avro.SubjectNaming = SubjectNaming.TopicRecord));
            Listen<UseAvroTests.PlainOrder>(services, said.Add);
            services.AddKeyedSingleton<ISchemaRegistryClient>("SchemaRegistry", client);
        }, usesAddress: false);
        await host.StartAsync(_bench.Patience);

        await _bench.ProduceAsync(host, new UseAvroTests.PlainOrder("A1", 1, null));
        await _bench.ProduceAsync(host, new SpecificOrder { Id = "A2", Count = 2 });
        await host.Services.WaitUntilCaughtUpAsync("audit", _bench.Patience);

        Assert.Equal(2, said.Count);
        Assert.All(said, static headers =>
        {
            Assert.Equal("1.0", headers.GetText("ce_specversion"));
            Assert.False(headers.TryGetLast("ce_dataschema", out _));
        });
        await host.StopAsync(_bench.Patience);
    }

    private static GenericRecord Generic(string @namespace)
    {
        var record = new GenericRecord((global::Avro.RecordSchema)global::Avro.Schema.Parse($$"""{"type":"record","name":"PlainOrder","namespace":"{{@namespace}}","fields":[{"name":"id","type":"string"}]}"""));
        record.Add("id", "A1");
        return record;
    }

    private static void Listen<T>(IServiceCollection services, Action<EventHeaders> listen) =>
        services.AddEventConsumer("orders", "audit", c => c.UseAvro().Handle((T _, EventContext context, CancellationToken _) =>
        {
            var copy = new EventHeaders();
            foreach (var header in context.Headers) copy.Add(header);
            listen(copy);
            return ValueTask.CompletedTask;
        }));

    private async Task AssertSaidAsync<T>(T @event, SchemaIdLocation location, string where)
    {
        EventHeaders? said = null;
        using var host = await _bench.StartAsync(
            services =>
            {
                services.AddEventProducer<T>("orders", static p => p.UseAvro());
                Listen<T>(services, headers => said = headers);
            },
            options => options.SchemaIdLocation = location);

        await _bench.ProduceAsync(host, @event);
        await host.Services.WaitUntilCaughtUpAsync("audit", _bench.Patience);

        Assert.Equal("application/avro", said!.GetText("content-type"));
        var uri = said!.GetText("ce_dataschema");
        Assert.StartsWith($"{_bench.Registry.Url}/schemas/{where}", uri, StringComparison.Ordinal);
        Assert.Contains("PlainOrder", await SchemaAtAsync(uri!), StringComparison.Ordinal);
        await host.StopAsync(_bench.Patience);
    }

    private async Task<string?> SchemaAtAsync(string uri)
    {
        using var http = new HttpClient();
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(uri), _bench.Patience)).RootElement.GetProperty("schema").GetString();
    }
}
