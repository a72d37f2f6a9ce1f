using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Avro.Generic;
using EventDriven.Kafka;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hosting;

/// <summary>Several types of event on one topic: by names of records, and by a union under one subject whose branches are schemas of their own.</summary>
public sealed class UnionTests : IAsyncLifetime
{
    private const string Union = """["shop.order_placed","shop.order_cancelled"]""";
    private const string PlacedSchema = """{"type":"record","name":"order_placed","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"total","type":"Money"}]}""";
    private const string CancelledSchema = """{"type":"record","name":"shop.order_cancelled","fields":[{"name":"id","type":"string"},{"name":"fee","type":["null","shop.Money"],"default":null}]}""";
    private const string MoneySchema = """{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}""";

    private readonly ConcurrentQueue<object> _handled = new();
    private AvroBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await AvroBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Several_types_go_to_their_handlers_by_the_names_of_their_records()
    {
        using var host = await _bench.StartAsync(services =>
        {
            services.AddEventProducer<OrderPlaced>("orders", static p => p.WithoutCloudEvents().UseAvro(static avro => avro.SubjectNaming = SubjectNaming.Record));
            services.AddEventProducer<OrderCancelled>("orders", static p => p.Named("cancelled").WithoutCloudEvents().UseAvro(static avro => avro.SubjectNaming = SubjectNaming.TopicRecord));
            services.AddEventProducer<Money>("orders", static p => p.Named("money").WithoutCloudEvents().UseAvro(static avro => avro.SubjectNaming = SubjectNaming.Record));
            services.AddEventConsumer("orders", "inventory", c => c
                .UseAvro()
                .FilterUnknown("shop.Money")
                .Handle((OrderPlaced placed, CancellationToken _) => Note(placed))
                .Handle((OrderCancelled cancelled, CancellationToken _) => Note(cancelled)));
        });

        await _bench.ProduceAsync(host, new OrderCancelled("A1", new Money(5)));
        await _bench.ProduceAsync(host, new Money(7));
        await _bench.ProduceAsync(host, new OrderPlaced("A2", new Money(100)));
        await host.Services.WaitUntilCaughtUpAsync("inventory", _bench.Patience);

        Assert.Equal([new OrderCancelled("A1", new Money(5)), new OrderPlaced("A2", new Money(100))], _handled);
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task The_branches_of_a_union_with_references_are_written_by_plain_types_and_go_to_their_handlers_by_name()
    {
        using var host = await _bench.StartAsync(services =>
        {
            Produce(services, Unite);
            services.AddEventConsumer("orders", "inventory", c => c
                .UseAvro(Unite)
                .Handle((OrderPlaced placed, CancellationToken _) => Note(placed))
                .Handle((OrderCancelled cancelled, CancellationToken _) => Note(cancelled)));
        });
        Assert.Equal(["money", "order-cancelled", "order-placed", "orders-value"], _bench.Registered.Distinct().Order(StringComparer.Ordinal));

        await _bench.ProduceAsync(host, new OrderCancelled("A1", null));
        await _bench.ProduceAsync(host, new OrderPlaced("A2", new Money(100)));
        await host.Services.WaitUntilCaughtUpAsync("inventory", _bench.Patience);

        Assert.Equal([new OrderCancelled("A1", null), new OrderPlaced("A2", new Money(100))], _handled);
        Assert.Equal("[1]", await GetAsync("/subjects/orders-value/versions"));
        Assert.Equal(["shop.order_placed", "shop.order_cancelled"], References(await GetAsync("/subjects/orders-value/versions/1")));
        Assert.Equal(["shop.Money"], References(await GetAsync("/subjects/order-placed/versions/1")));
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task A_consumer_needs_no_schema_of_the_union_and_the_vendors_types_read_it_too()
    {
        using var host = await _bench.StartAsync(services =>
        {
            Produce(services, Unite);
            services.AddEventConsumer("orders", "inventory", c => c
                .UseAvro()
                .FilterUnknown("shop.order_cancelled")
                .Handle((Placed placed, CancellationToken _) => Note(placed)));
            services.AddEventConsumer("orders", "audit", c => c
                .UseAvro()
                .Handle((GenericRecord record, CancellationToken _) => Note($"{record.Schema.Fullname} {record["id"]}")));
        });

        await _bench.ProduceAsync(host, new OrderCancelled("A1", null));
        await _bench.ProduceAsync(host, new OrderPlaced("A2", new Money(100)));
        await host.Services.WaitUntilCaughtUpAsync("inventory", _bench.Patience);
        await host.Services.WaitUntilCaughtUpAsync("audit", _bench.Patience);

        Assert.Equal([new Placed("A2", new Money(100))], _handled.OfType<Placed>());
        Assert.Equal(["shop.order_cancelled A1", "shop.order_placed A2"], _handled.OfType<string>());
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task Where_nothing_is_registered_the_union_is_looked_up_with_its_references()
    {
        using (var first = await _bench.StartAsync(static services => Produce(services, Unite))) await first.StopAsync(_bench.Patience);
        var registered = _bench.Registered.Count();

        using var host = _bench.Build(static services => Produce(services, Unite), environment: "Production");
        await host.StartAsync(_bench.Patience);
        await _bench.ProduceAsync(host, new OrderPlaced("A2", new Money(100)));

        Assert.Equal(registered, _bench.Registered.Count());
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task A_reference_that_is_not_registered_is_told_at_start()
    {
        using var host = _bench.Build(static services => Produce(services, Unite), environment: "Production");

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_bench.Patience));

        Assert.Contains("Subject 'money' not found.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_union_may_be_the_latest_version_and_nothing_given()
    {
        using (var first = await _bench.StartAsync(static services => Produce(services, Unite))) await first.StopAsync(_bench.Patience);
        using var host = await _bench.StartAsync(services =>
        {
            services.AddEventProducer<Placed>("orders", static p => p.UseAvro(Latest));
            services.AddEventProducer<Cancelled>("orders", static p => p.Named("generated").UseAvro(Tests.Generated.TestContext.Default, Latest));
            services.AddEventConsumer("orders", "inventory", c => c
                .UseAvro()
                .Handle((Placed placed, CancellationToken _) => Note(placed))
                .Handle((Cancelled cancelled, CancellationToken _) => Note(cancelled)));
        });

        await _bench.ProduceAsync(host, new Placed("A1", new Money(1)));
        await _bench.ProduceAsync(host, new Cancelled("A2"));
        await host.Services.WaitUntilCaughtUpAsync("inventory", _bench.Patience);

        Assert.Equal([new Placed("A1", new Money(1)), new Cancelled("A2")], _handled);
        await host.StopAsync(_bench.Patience);

        static void Latest(AvroOptions options) => (options.UseLatestVersion, options.LatestCompatibilityStrict) = (true, false);
    }

    [Fact]
    public async Task The_same_union_with_another_version_of_a_reference_is_another_schema()
    {
        using (var first = await _bench.StartAsync(static services => Produce(services, Unite))) await first.StopAsync(_bench.Patience);
        var wider = PlacedSchema.Replace("""[{"name":"id",""", """[{"name":"channel","type":"string","default":"web"},{"name":"id",""", StringComparison.Ordinal);
        await RegisterAsync("order-placed", wider, ("shop.Money", "money", 1));
        await RegisterAsync("orders-value", Union, ("shop.order_placed", "order-placed", 2), ("shop.order_cancelled", "order-cancelled", 1));
        using var host = await _bench.StartAsync(services =>
        {
            Produce(services, static options =>
            {
                Unite(options);
                options.UseLatestVersion = true;
            });
            services.AddEventConsumer("orders", "audit", c => c.UseAvro().Handle((GenericRecord record, CancellationToken _) => Note($"{record["channel"]} {record["id"]}")));
        });

        await _bench.ProduceAsync(host, new OrderPlaced("A2", new Money(100)));
        await host.Services.WaitUntilCaughtUpAsync("audit", _bench.Patience);

        Assert.Equal(["web A2"], _handled);
        await host.StopAsync(_bench.Patience);
    }

    private static void Unite(AvroOptions options)
    {
        options.Schema = Union;
        options.AddReference("shop.order_placed", "order-placed", PlacedSchema)
            .AddReference("shop.order_cancelled", "order-cancelled", CancelledSchema)
            .AddReference("shop.Money", "money", MoneySchema);
    }

    private static void Produce(IServiceCollection services, Action<AvroOptions> configure)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p.WithoutCloudEvents().UseAvro(configure));
        services.AddEventProducer<OrderCancelled>("orders", p => p.Named("cancelled").WithoutCloudEvents().UseAvro(configure));
    }

    private ValueTask Note(object handled)
    {
        _handled.Enqueue(handled);
        return ValueTask.CompletedTask;
    }

    private async Task<string> GetAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_bench.Registry.Url) };
        return await http.GetStringAsync(path, _bench.Patience);
    }

    private static IEnumerable<string?> References(string answer) => JsonDocument.Parse(answer).RootElement.GetProperty("references").EnumerateArray().Select(static reference => reference.GetProperty("name").GetString());

    private async Task RegisterAsync(string subject, string schema, params (string Name, string Subject, int Version)[] references)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_bench.Registry.Url) };
        var body = new { schema, references = references.Select(static reference => new { name = reference.Name, subject = reference.Subject, version = reference.Version }) };
        (await http.PostAsJsonAsync($"/subjects/{subject}/versions", body, _bench.Patience)).EnsureSuccessStatusCode();
    }

    public sealed record OrderPlaced(string Id, Money Total);

    public sealed record OrderCancelled(string Id, Money? Fee);

    [AvroType(Namespace = "shop")]
    public sealed record Money(long Cents);

    [AvroType(Name = "order_placed", Namespace = "shop")]
    public sealed record Placed(string Id, Money Total);

    [AvroType(Name = "order_cancelled", Namespace = "shop")]
    public sealed record Cancelled(string Id);
}
