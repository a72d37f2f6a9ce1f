using EventDriven.Interop.Tests.Events;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Testing;

namespace EventDriven.Interop.Tests.Hosting;

public sealed class EmbeddedHostContractTests : HostContract
{
    private EmbeddedSchemaRegistry? _registry;

    protected override string Url => _registry!.Url;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _registry = await EmbeddedSchemaRegistry.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _registry!.DisposeAsync();
    }

    // Not in the contract: the registry of others gives no GUIDs.
    [Theory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    [InlineData("PROTOBUF")]
    public Task An_event_goes_through_with_the_GUIDs_of_its_schemas_in_headers(string format) => format == "PROTOBUF"
        ? GoesThroughAsync(format, new Protos.Ping { Id = "p-1", Count = 3 }, new Protos.PingKey { Id = "p-1" }, SchemaIdLocation.Header)
        : GoesThroughAsync(format, new Ping("p-1", 3), new PingKey("p-1"), SchemaIdLocation.Header);

    // Not in the contract: the registry of others judges Protobuf as text, and answers descriptors, as serializers register them, with 500.
    [Fact]
    public Task A_change_of_a_Protobuf_file_that_its_subject_does_not_take_is_told_at_start_with_the_registrys_reason() => RefuseAsync("PROTOBUF");
}
