using Google.Protobuf;
using Shop;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

/// <summary>Protobuf on a registry. The same tests run on the embedded one and on one that others wrote.</summary>
public abstract class ProtobufContract
{
    private readonly CancellationToken _patience = new CancellationTokenSource(ProtobufBench.Patience).Token;

    /// <summary>A topic of its own for each test: the registry of others keeps what earlier tests registered.</summary>
    private readonly string _topic = $"t{Guid.NewGuid():N}";

    protected abstract string Url { get; }

    [Theory]
    [InlineData(EventComponent.Value)]
    [InlineData(EventComponent.Key)]
    public async Task A_file_with_its_imports_is_registered_looked_up_and_read(EventComponent component)
    {
        var order = new OrderPlaced { Id = "A1", Total = new Money { Units = 7 } };
        await using var producer = ProtobufBench.On(Url);
        await using var consumer = ProtobufBench.On(Url);

        var bytes = await producer.Serializer<OrderPlaced>(component: component).SerializeAsync(order, Context(component), _patience);
        var lookedUp = await consumer.Serializer<OrderPlaced>(static options => options.AutoRegister = false, component).SerializeAsync(order, Context(component), _patience);
        var read = await consumer.Serializer<OrderPlaced>(component: component).DeserializeAsync(bytes, Context(component), _patience);

        Assert.Equal(bytes, lookedUp);
        Assert.Equal(order, read);
        Assert.Equal(order.ToByteArray(), bytes[6..]);
        var known = await consumer.Access.GetAsync(new SchemaKey(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1))), _patience);
        Assert.Equal((SchemaFormat.Protobuf, 2), (known.Format, known.References.Count));
    }

    [Fact]
    public async Task Messages_of_one_file_have_one_schema_and_are_told_apart()
    {
        await using var bench = ProtobufBench.On(Url, static options => options.SubjectNaming = SubjectNaming.TopicRecord);
        var factory = bench.Factory();

        var placed = await factory.Create<OrderPlaced>(EventComponent.Value).SerializeAsync(new OrderPlaced(), Context(), _patience);
        var reply = await factory.Create<Audit.Types.Note.Types.Reply>(EventComponent.Value).SerializeAsync(new Audit.Types.Note.Types.Reply { Text = "x" }, Context(), _patience);

        Assert.Equal(placed[..5], reply[..5]);
        Assert.Equal("shop.OrderPlaced", await factory.ReadTypeAsync(placed, Context(), _patience));
        Assert.Equal("shop.Audit.Note.Reply", await factory.ReadTypeAsync(reply, Context(), _patience));
        Assert.Equal("x", (await factory.Create<Audit.Types.Note.Types.Reply>(EventComponent.Value).DeserializeAsync(reply, Context(), _patience)).Text);
    }

    [Fact]
    public async Task A_file_that_is_registered_as_text_is_written_by_and_read()
    {
        await using var bench = ProtobufBench.On(Url, static options => (options.UseLatestVersion, options.LatestCompatibilityStrict) = (true, false));
        var text = new SchemaDefinition(SchemaFormat.Protobuf, "syntax = \"proto3\";\npackage shop;\n\nmessage Other {\n  string a = 1;\n}\n\nmessage OrderCancelled {\n  string id = 1;\n  string reason = 3;\n}\n");
        await bench.Access.FindAsync($"{_topic}-value", text, new SchemaUse { AutoRegister = true }, _patience);

        var bytes = await bench.Serializer<OrderCancelled>().SerializeAsync(new OrderCancelled { Id = "A1" }, Context(), _patience);
        var read = await bench.Serializer<OrderCancelled>().DeserializeAsync(bytes, Context(), _patience);

        Assert.Equal("0202", Convert.ToHexString(bytes.AsSpan(5, 2)));
        Assert.Equal("A1", read.Id);
        Assert.Equal("shop.OrderCancelled", await bench.Factory().ReadTypeAsync(bytes, Context(), _patience));
    }

    [Fact]
    public async Task A_change_of_a_file_is_judged()
    {
        static SchemaDefinition File(string types) => new(SchemaFormat.Protobuf, $"syntax = \"proto3\";\npackage shop;\n\n{types}\n");

        await using var bench = ProtobufBench.On(Url);
        var subject = $"{_topic}-value";
        await bench.Access.FindAsync(subject, File("message A { string id = 1; oneof more { int32 count = 2; } }\nmessage B { double x = 1; }"), new SchemaUse { AutoRegister = true }, _patience);

        foreach (var (level, types, may) in ((Confluent.SchemaRegistry.Compatibility, string, bool)[])
        [
            (Confluent.SchemaRegistry.Compatibility.Backward, "message A { string id = 1; oneof more { int32 count = 2; string note = 3; } string b = 4; }\nmessage B { double x = 1; }\nmessage C { }", true),
            (Confluent.SchemaRegistry.Compatibility.Backward, "message B { double x = 1; }\nmessage A { string id = 1; oneof more { int32 count = 2; } }", true),
            (Confluent.SchemaRegistry.Compatibility.Backward, "message A { string id = 1; oneof more { int32 count = 2; } }", false),
            (Confluent.SchemaRegistry.Compatibility.Backward, "message A { double id = 1; oneof more { int32 count = 2; } }\nmessage B { double x = 1; }", false),
            (Confluent.SchemaRegistry.Compatibility.Backward, "message A { B id = 1; oneof more { int32 count = 2; } }\nmessage B { double x = 1; }", false),
            (Confluent.SchemaRegistry.Compatibility.Forward, "message A { string id = 1; oneof more { int32 count = 2; } }", true),
            (Confluent.SchemaRegistry.Compatibility.Forward, "message A { string id = 1; oneof more { int32 count = 2; } }\nmessage B { double x = 1; }\nmessage C { double y = 1; }", false),
            (Confluent.SchemaRegistry.Compatibility.Full, "message B { double x = 1; }\nmessage A { string id = 1; oneof more { int32 count = 2; } }", true),
            (Confluent.SchemaRegistry.Compatibility.None, "message A { double id = 1; }", true),
        ])
        {
            await bench.Client.UpdateCompatibilityAsync(level, subject);
            Assert.True(may == await bench.Access.IsCompatibleAsync(subject, File(types), _patience), $"{level}: {types}");
        }

        await bench.Client.UpdateCompatibilityAsync(Confluent.SchemaRegistry.Compatibility.Backward, subject);
        var refused = await Assert.ThrowsAsync<RegistryRequestException>(() => bench.Access.FindAsync(subject, File("message B { double x = 1; }"), new SchemaUse { AutoRegister = true }, _patience));
        Assert.Equal(RegistryFailure.Incompatible, refused.Failure);
    }

    private EventSerializationContext Context(EventComponent component = EventComponent.Value) => ProtobufBench.Context(component, topic: _topic);
}
