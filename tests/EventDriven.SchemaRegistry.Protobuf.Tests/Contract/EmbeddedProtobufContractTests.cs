using EventDriven.SchemaRegistry.Testing;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

public sealed class EmbeddedProtobufContractTests : ProtobufContract, IAsyncLifetime
{
    private EmbeddedSchemaRegistry? _registry;

    protected override string Url => _registry!.Url;

    public async ValueTask InitializeAsync() => _registry = await EmbeddedSchemaRegistry.StartAsync();

    public ValueTask DisposeAsync() => _registry!.DisposeAsync();
}
