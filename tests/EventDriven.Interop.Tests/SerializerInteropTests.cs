using System.Text.Json.Nodes;
using EventDriven.Interop.Tests.Events;
using EventDriven.Interop.Tests.Peers;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Protobuf;
using EventDriven.SchemaRegistry.Tests;
using Google.Protobuf;

namespace EventDriven.Interop.Tests;

/// <summary>What we write the clients of others read, what they write we read, and where the format leaves no choice both write the same bytes.</summary>
public sealed class SerializerInteropTests(PeerPrograms peers, RealRegistry real)
{
    public static TheoryData<PeerKind, RegistryKind, SchemaIdLocation> Ways => new(
        from peer in Enum.GetValues<PeerKind>()
        from way in ((RegistryKind, SchemaIdLocation)[])[(RegistryKind.Embedded, SchemaIdLocation.Prefix), (RegistryKind.Embedded, SchemaIdLocation.Header), (RegistryKind.Real, SchemaIdLocation.Prefix)]
        select (peer, way.Item1, way.Item2));

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Avro_values(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        foreach (var shipment in (Shipment[])[Samples.Full, Samples.Bare])
        {
            await CheckAsync(bench, peer, "AVRO", EventComponent.Value, shipment, Samples.ToJson(shipment, peer), location, Avro(location));
        }
    }

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Avro_keys(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        await CheckAsync(bench, peer, "AVRO", EventComponent.Key, Samples.Key, Samples.KeyJson, location, Avro(location));
    }

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Avro_keys_that_are_texts(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        await CheckAsync(bench, peer, "AVRO", EventComponent.Key, "鍵-1", "\"鍵-1\"", location, Avro(location));
    }

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Json_values(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        await CheckAsync(bench, peer, "JSON", EventComponent.Value, Samples.Ascii, Samples.ToJson(Samples.Ascii), location, Json(location));
        await CheckAsync(bench, peer, "JSON", EventComponent.Value, Samples.AnyText, Samples.ToJson(Samples.AnyText), location, Json(location), sameBytes: false);
    }

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Json_keys(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        await CheckAsync(bench, peer, "JSON", EventComponent.Key, Samples.Key, Samples.KeyJson, location, Json(location));
    }

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Protobuf_values(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        await CheckAsync(bench, peer, "PROTOBUF", EventComponent.Value, Deliveries.Full, Deliveries.FullJson, location, Protobuf(location));
        await CheckAsync(bench, peer, "PROTOBUF", EventComponent.Value, Deliveries.Box, Deliveries.BoxJson, location, Protobuf(location));
    }

    [PeerTheory]
    [InlineData(PeerKind.Node, SchemaIdLocation.Prefix)]
    [InlineData(PeerKind.Python, SchemaIdLocation.Prefix)]
    [InlineData(PeerKind.Python, SchemaIdLocation.Header)]
    public async Task A_Protobuf_message_without_any_field_set(PeerKind peer, SchemaIdLocation location)
    {
        // Not Node with the id in the header: the vendor's reader takes a value of no bytes for null.
        await using var bench = await InteropBench.StartAsync(RegistryKind.Embedded, real);
        await CheckAsync(bench, peer, "PROTOBUF", EventComponent.Value, new Delivery(), "{}", location, Protobuf(location));
    }

    [PeerTheory]
    [MemberData(nameof(Ways))]
    public async Task Protobuf_keys(PeerKind peer, RegistryKind registry, SchemaIdLocation location)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        await CheckAsync(bench, peer, "PROTOBUF", EventComponent.Key, Deliveries.Key, Deliveries.KeyJson, location, Protobuf(location));
    }

    [PeerTheory]
    [InlineData(PeerKind.Node, RegistryKind.Embedded)]
    [InlineData(PeerKind.Node, RegistryKind.Real)]
    [InlineData(PeerKind.Python, RegistryKind.Embedded)]
    public async Task Protobuf_messages_beside_a_map_field_are_read_however_a_client_counts_them(PeerKind peer, RegistryKind registry)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);
        var ours = bench.Serializer<Shelf.Types.Tag>(EventComponent.Value, Protobuf(SchemaIdLocation.Prefix));
        await bench.WriteAsync(ours, Deliveries.Tag, EventComponent.Value);

        var theirs = await peers[peer].WriteAsync(bench.Address("PROTOBUF", EventComponent.Value, PeerMessage.Of(Deliveries.Tag)), JsonNode.Parse(Deliveries.TagJson)!, header: false);

        // Two indexes: the fourth message of the file, and in it the second with the entry of the map, or the first without it.
        Assert.Equal(peer is PeerKind.Node ? "040600" : "040602", Convert.ToHexString(theirs.Data.AsSpan(5, 3)));
        Assert.Equal(Deliveries.Tag, await bench.ReadAsync(ours, theirs, EventComponent.Value));
    }

    [PeerTheory]
    [InlineData(RegistryKind.Embedded)]
    [InlineData(RegistryKind.Real)]
    public async Task A_Protobuf_schema_that_a_client_registers_is_ours(RegistryKind registry)
    {
        await using var bench = await InteropBench.StartAsync(registry, real);

        var address = bench.Address("PROTOBUF", EventComponent.Value, PeerMessage.Of(new Amount()));
        var theirs = await peers[PeerKind.Node].WriteAsync(address, JsonNode.Parse("""{"cents":"-1","currency":"EUR"}""")!, header: false, register: true);
        var ours = bench.Serializer<Amount>(EventComponent.Value, static builder => builder.UseProtobuf(static options => options.AutoRegister = false));
        var written = await bench.WriteAsync(ours, new Amount { Cents = -1, Currency = "EUR" }, EventComponent.Value);

        Assert.Equal(theirs.Data, written.Data);
        Assert.Equal("EUR", (await bench.ReadAsync(ours, theirs, EventComponent.Value)).Currency);
    }

    private static Action<IEventSerializationBuilder> Protobuf(SchemaIdLocation location) => builder => builder.UseProtobuf(options => options.SchemaIdLocation = location);

    private static Action<IEventSerializationBuilder> Avro(SchemaIdLocation location) => builder => builder.UseAvro(options => options.SchemaIdLocation = location);

    private static Action<IEventSerializationBuilder> Json(SchemaIdLocation location) => builder => builder.UseJsonSchema(options =>
    {
        options.SchemaIdLocation = location;
        options.ValidateOnRead = options.ValidateOnWrite = true;
    });

    private async Task CheckAsync<T>(
        InteropBench bench, PeerKind kind, string format, EventComponent component, T value, string json, SchemaIdLocation location, Action<IEventSerializationBuilder> use, bool sameBytes = true)
    {
        var address = bench.Address(format, component, PeerMessage.Of(value!));
        var ours = bench.Serializer<T>(component, use);
        var expected = JsonNode.Parse(json)!;

        var written = await bench.WriteAsync(ours, value, component);
        var seen = await peers[kind].ReadAsync(address, written);
        var theirs = await peers[kind].WriteAsync(address, expected, location is SchemaIdLocation.Header);
        var read = await bench.ReadAsync(ours, theirs, component);

        Assert.True(JsonNode.DeepEquals(expected, seen), $"{kind} reads {seen.ToJsonString()}");
        if (value is IMessage) Assert.Equal(value, read);
        else Assert.Equivalent(value, read, strict: true);
        Assert.Equal(location is SchemaIdLocation.Header ? 1 : 0, theirs.Headers.Count);
        Assert.Equal(written.Headers, theirs.Headers);
        if (sameBytes) Assert.Equal(written.Data, theirs.Data);
    }
}
