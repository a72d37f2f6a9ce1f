using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>The schemas of a host, and how a user's unit test holds them against those that were approved.</summary>
public sealed class EventContractsTests : IDisposable
{
    private const string First = """{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}""";
    private const string Compatible = """{"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"note","type":"string","default":""}]}""";
    private const string Breaking = """{"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"count","type":"int"}]}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("eventdriven-contracts-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_host_shows_all_that_it_writes_and_reads()
    {
        using var host = Host(services =>
        {
            services.AddEventProducer<Order>("orders", p => p.KeyedBy(static order => new OrderKey("de", order.Id)).Key<OrderKey>(k => k.UseJsonSchema(OrdersJson.Default)).UseAvro());
            services.AddEventProducer<Cancelled>("cancellations", p => p.UseJsonSchema(OrdersJson.Default, options => options.SubjectNaming = SubjectNaming.TopicRecord));
            services.AddEventProducer<string>("texts", p => p.KeyedBy(static text => text));
            services.AddEventConsumer("orders", "billing", c => c.Key<OrderKey>(k => k.UseJsonSchema(OrdersJson.Default)).UseAvro()
                .Handle<Order>(static (_, _, _) => ValueTask.CompletedTask).Handle<Cancelled>(static (_, _, _) => ValueTask.CompletedTask));
        });

        var contracts = host.Services.GetEventContracts();

        Assert.Equal(
            [
                (true, "orders", EventComponent.Key, typeof(OrderKey), "JSON", "orders-key", "OrderKey"),
                (true, "orders", EventComponent.Value, typeof(Order), "AVRO", "orders-value", typeof(Order).FullName),
                (true, "cancellations", EventComponent.Value, typeof(Cancelled), "JSON", "cancellations-Cancelled", "Cancelled"),
                (false, "orders", EventComponent.Value, typeof(Order), "AVRO", "orders-value", typeof(Order).FullName),
                (false, "orders", EventComponent.Value, typeof(Cancelled), "AVRO", "orders-value", typeof(Cancelled).FullName),
                (false, "orders", EventComponent.Key, typeof(OrderKey), "JSON", "orders-key", "OrderKey"),
            ],
            contracts.Select(static contract => (contract.IsProduced, contract.Topic, contract.Component, contract.EventType, contract.Schema.Format, contract.Schema.Subject, contract.Schema.Name)));
        Assert.Equal(AvroSchemas.TextOf<Order>(), contracts[1].Schema.Text);
        Assert.Equal("consumer 'billing'", contracts[3].Owner);

        // And all of them can be approved, each in a place of its own.
        EventContracts.Verify(contracts, Options(approve: true));
        EventContracts.Verify(contracts, Options());
        Assert.Equal(6, Directory.GetFiles(_directory, "1.*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void What_was_never_approved_fails_and_is_written_when_it_is()
    {
        var problem = Fails(First);
        Assert.Contains("No schema was approved yet", problem.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_directory, "orders-value", "1.avsc"), problem.Remedy, StringComparison.Ordinal);

        EventContracts.Verify([Contract(First)], Options(approve: true));
        EventContracts.Verify([Contract(First.Replace(",", " ,\n", StringComparison.Ordinal))], Options());
        Assert.EndsWith("]\n}\n", File.ReadAllText(Path.Combine(_directory, "orders-value", "1.avsc")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_compatible_change_fails_until_it_is_approved()
    {
        EventContracts.Verify([Contract(First)], Options(approve: true));

        var problem = Fails(Compatible);
        Assert.Contains("not that of version 1", problem.Message, StringComparison.Ordinal);
        Assert.Contains("EVENTDRIVEN_APPROVE_CONTRACTS=1", problem.Remedy, StringComparison.Ordinal);
        EventContracts.Verify([Contract(Compatible)], Options(approve: true));
        EventContracts.Verify([Contract(Compatible)], Options());
        Assert.Equal(["1.avsc", "2.avsc"], Directory.GetFiles(Path.Combine(_directory, "orders-value")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_breaking_change_is_never_approved_and_says_where_it_breaks()
    {
        EventContracts.Verify([Contract(First)], Options(approve: true));

        var exception = Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract(Breaking)], Options(approve: true)));

        Assert.Equal("count", Assert.Single(exception.Problems).Path);
        Assert.Contains("producer 'orders', value System.String on 'orders' (orders-value), count: the new schema reads this field, which version 1 does not write", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["1.avsc"], Directory.GetFiles(Path.Combine(_directory, "orders-value")).Select(Path.GetFileName));
        EventContracts.Verify([Contract(Breaking)], Options(approve: true, SchemaCompatibility.Forward));
    }

    [Fact]
    public void All_approved_versions_count_at_a_transitive_level()
    {
        EventContracts.Verify([Contract(Breaking)], Options(approve: true));
        EventContracts.Verify([Contract(First)], Options(approve: true));

        EventContracts.Verify([Contract(Breaking.Replace("\"int\"", "\"string\",\"default\":\"\"", StringComparison.Ordinal))], Options(approve: true, SchemaCompatibility.Backward, "a"));
        var exception = Assert.Throws<EventContractException>(() => EventContracts.Verify(
            [Contract(Breaking.Replace("\"int\"", "\"string\",\"default\":\"\"", StringComparison.Ordinal))], Options(approve: true, SchemaCompatibility.BackwardTransitive)));
        Assert.Contains("version 1 writes int here", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_only_read_must_read_whatever_the_level()
    {
        EventContracts.Verify([Contract(First, isProduced: false)], Options(approve: true));

        Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract(Breaking, isProduced: false)], Options(approve: true, SchemaCompatibility.Forward)));
        Assert.True(File.Exists(Path.Combine(_directory, "orders-value.consumed", "Order", "1.avsc")));
    }

    [Fact]
    public void Json_is_judged_as_a_registry_does_unless_leniently()
    {
        var before = """{"type":"object","properties":{"id":{"type":"string"}}}""";
        var after = """{"type":"object","properties":{"id":{"type":"string"},"note":{"type":["string","null"]}}}""";
        EventContracts.Verify([Contract(before, format: "JSON")], Options(approve: true));

        var exception = Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract(after, format: "JSON")], Options(approve: true)));
        Assert.Equal("#/properties/note", Assert.Single(exception.Problems).Path);
        EventContracts.Verify([Contract(after, format: "JSON")], options =>
        {
            Options(approve: true, SchemaCompatibility.Full)(options);
            options.LenientJson = true;
        });
    }

    [Fact]
    public void Protobuf_is_judged_as_a_registry_does()
    {
        const string Before = "syntax = \"proto3\";\nmessage Order {\n  string id = 1;\n  int32 count = 2;\n}\n";
        EventContracts.Verify([Contract(Before, format: "PROTOBUF")], Options(approve: true));
        EventContracts.Verify([Contract(Before, format: "PROTOBUF")], Options());

        var exception = Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract(Before.Replace("int32", "string", StringComparison.Ordinal), format: "PROTOBUF")], Options(approve: true)));
        Assert.Equal("Order.count", Assert.Single(exception.Problems).Path);
        EventContracts.Verify([Contract(Before.Replace("int32", "int64", StringComparison.Ordinal), format: "PROTOBUF")], Options(approve: true, SchemaCompatibility.FullTransitive));
        Assert.Equal(["1.proto", "2.proto"], Directory.GetFiles(Path.Combine(_directory, "orders-value")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void References_are_approved_with_the_schema()
    {
        var order = """{"type":"record","name":"Order","fields":[{"name":"total","type":"Money"}]}""";
        EventContract With(string type) => Contract(order, references: new EventSchemaReference("Money", $$"""{"type":"record","name":"Money","fields":[{"name":"amount","type":"{{type}}"}]}"""));
        EventContracts.Verify([With("int")], Options(approve: true));
        EventContracts.Verify([With("int")], Options());

        Assert.Equal("total.amount", Assert.Single(Assert.Throws<EventContractException>(() => EventContracts.Verify([With("boolean")], Options(approve: true))).Problems).Path);
        EventContracts.Verify([With("long")], Options(approve: true));
    }

    [Fact]
    public void Two_schemas_under_one_subject_and_another_format_are_told()
    {
        EventContracts.Verify([Contract(First)], Options(approve: true));

        var exception = Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract(First), Contract(Compatible)], Options(approve: true)));
        Assert.Contains("SubjectNaming.Record", exception.Message, StringComparison.Ordinal);
        Assert.Contains("approved as AVRO", Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract("{}", format: "JSON")], Options(approve: true))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => EventContracts.Verify([], Options()));
    }

    [Fact]
    public void Approved_schemas_are_beside_the_test_wherever_it_was_built()
    {
        var here = ContractFolder.Find(null, ThisFile()).PathOf(Contract(First));
        var mapped = ContractFolder.Find(null, "/_/tests/EventDriven.SchemaRegistry.Tests/Compatibility/EventContractsTests.cs").PathOf(Contract(First));

        Assert.EndsWith(Path.Combine("tests", "EventDriven.SchemaRegistry.Tests", "Compatibility", "Contracts", "orders-value"), here, StringComparison.Ordinal);
        Assert.Equal(here, mapped);
        Assert.Throws<InvalidOperationException>(() => ContractFolder.Find(null, "/_/elsewhere/Tests.cs"));
    }

    private static string ThisFile([System.Runtime.CompilerServices.CallerFilePath] string file = "") => file;

    private static IHost Host(Action<IServiceCollection> register)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEventDriven("Kafka", static cluster => cluster.BootstrapServers = "127.0.0.1:1");
        builder.Services.AddSchemaRegistry("SchemaRegistry", static options => options.Urls = ["http://127.0.0.1:1"]);
        register(builder.Services);
        return builder.Build();
    }

    private static EventContract Contract(string text, bool isProduced = true, string format = "AVRO", params EventSchemaReference[] references) => new()
    {
        Owner = "producer 'orders'", IsProduced = isProduced, Topic = "orders", Component = EventComponent.Value, EventType = typeof(string),
        Schema = new EventSchema(format, "orders-value", text) { Name = "Order", References = references },
    };

    private Action<EventContractOptions> Options(bool approve = false, SchemaCompatibility level = SchemaCompatibility.Backward, string? below = null) => options =>
        (options.Directory, options.Approve, options.Compatibility) = (below is null ? _directory : Path.Combine(_directory, below), approve, level);

    private EventContractProblem Fails(string schema) => Assert.Single(Assert.Throws<EventContractException>(() => EventContracts.Verify([Contract(schema)], Options())).Problems);
}
