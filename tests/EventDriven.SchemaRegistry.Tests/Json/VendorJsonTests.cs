using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Both ways with the client vendor's JSON serializers: prefix and header, values and keys.</summary>
public sealed class VendorJsonTests
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    public static TheoryData<SchemaIdLocation, EventComponent> Ways => new()
    {
        { SchemaIdLocation.Prefix, EventComponent.Value }, { SchemaIdLocation.Prefix, EventComponent.Key },
        { SchemaIdLocation.Header, EventComponent.Value }, { SchemaIdLocation.Header, EventComponent.Key },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_vendors_reader_reads_what_we_write(SchemaIdLocation location, EventComponent component)
    {
        await using var bench = await JsonBench.StartAsync();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = bench.Registry.Url });
        var headers = new EventHeaders();
        var bytes = await bench.Serializer<Order>(options => options.SchemaIdLocation = location, component).SerializeAsync(new Order("A1", 7), JsonBench.Context(component, headers), _patience);

        var vendor = new JsonDeserializer<VendorOrder>(client, new JsonDeserializerConfig { Validate = true });
        var sent = new Headers();
        foreach (var header in headers) sent.Add(header.Name, header.Value!.Value.ToArray());
        var read = await vendor.DeserializeAsync(bytes, isNull: false, Context(component, sent));

        Assert.Equal(("A1", 7), (read.Id, read.Amount));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task We_read_what_the_vendors_writer_writes(SchemaIdLocation location, EventComponent component)
    {
        await using var bench = await JsonBench.StartAsync();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = bench.Registry.Url });
        var sent = new Headers();
        var vendor = new JsonSerializer<VendorOrder>(client, new JsonSerializerConfig
        {
            SchemaIdStrategy = location is SchemaIdLocation.Header ? SchemaIdSerializerStrategy.Header : SchemaIdSerializerStrategy.Prefix,
        });
        var bytes = await vendor.SerializeAsync(new VendorOrder { Id = "A1", Amount = 7 }, Context(component, sent));
        var headers = new EventHeaders();
        foreach (var header in sent) headers.Add(header.Key, header.GetValueBytes());

        var read = await bench.Serializer<Order>(static options => options.ValidateOnRead = true, component).DeserializeAsync(bytes, JsonBench.Context(component, headers), _patience);

        Assert.Equal(new Order("A1", 7), read);
        Assert.Equal(location is SchemaIdLocation.Header ? 1 : 0, headers.Count);
    }

    private static SerializationContext Context(EventComponent component, Headers headers) =>
        new(component is EventComponent.Key ? MessageComponentType.Key : MessageComponentType.Value, "orders", headers);

    public sealed class VendorOrder
    {
        [Newtonsoft.Json.JsonProperty("id")]
        public string Id { get; set; } = "";

        [Newtonsoft.Json.JsonProperty("amount")]
        public int Amount { get; set; }
    }
}
