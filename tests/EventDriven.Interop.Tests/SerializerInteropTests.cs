using System.Text.Json.Nodes;
using EventDriven.Interop.Tests.Events;
using EventDriven.Interop.Tests.Peers;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Tests;

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

    private static Action<IEventSerializationBuilder> Avro(SchemaIdLocation location) => builder => builder.UseAvro(options => options.SchemaIdLocation = location);

    private static Action<IEventSerializationBuilder> Json(SchemaIdLocation location) => builder => builder.UseJsonSchema(options =>
    {
        options.SchemaIdLocation = location;
        options.ValidateOnRead = options.ValidateOnWrite = true;
    });

    private async Task CheckAsync<T>(
        InteropBench bench, PeerKind kind, string format, EventComponent component, T value, string json, SchemaIdLocation location, Action<IEventSerializationBuilder> use, bool sameBytes = true)
    {
        var address = bench.Address(format, component);
        var ours = bench.Serializer<T>(component, use);
        var expected = JsonNode.Parse(json)!;

        var written = await bench.WriteAsync(ours, value, component);
        var seen = await peers[kind].ReadAsync(address, written);
        var theirs = await peers[kind].WriteAsync(address, expected, location is SchemaIdLocation.Header);
        var read = await bench.ReadAsync(ours, theirs, component);

        Assert.True(JsonNode.DeepEquals(expected, seen), $"{kind} reads {seen.ToJsonString()}");
        Assert.Equivalent(value, read, strict: true);
        Assert.Equal(location is SchemaIdLocation.Header ? 1 : 0, theirs.Headers.Count);
        Assert.Equal(written.Headers, theirs.Headers);
        if (sameBytes) Assert.Equal(written.Data, theirs.Data);
    }
}
