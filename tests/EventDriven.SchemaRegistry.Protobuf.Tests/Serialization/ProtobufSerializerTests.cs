using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Shop;
using Shop.Old;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

public sealed class ProtobufSerializerTests
{
    private readonly CancellationToken _patience = new CancellationTokenSource(ProtobufBench.Patience).Token;

    private static OrderPlaced Placed => new()
    {
        Id = "A1",
        Total = new Money { Units = 7, Currency = new Currency { Code = "EUR" } },
        Lines = { new OrderPlaced.Types.Line { Product = "P", Count = 2 } },
        PlacedAt = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 26, 21, 0, 0, TimeSpan.Zero)),
        Codes = { 1, 2, 3 },
        Tags = { ["a"] = "b" },
    };

    [Theory]
    [InlineData(SchemaIdLocation.Prefix, EventComponent.Value)]
    [InlineData(SchemaIdLocation.Prefix, EventComponent.Key)]
    [InlineData(SchemaIdLocation.Header, EventComponent.Value)]
    [InlineData(SchemaIdLocation.Header, EventComponent.Key)]
    public async Task An_event_comes_back_and_is_framed_as_is_said(SchemaIdLocation location, EventComponent component)
    {
        await using var bench = await ProtobufBench.StartAsync();
        var headers = new EventHeaders();

        var bytes = await bench.Serializer<OrderPlaced>(options => options.SchemaIdLocation = location, component).SerializeAsync(Placed, ProtobufBench.Context(component, headers), _patience);
        var read = await bench.Serializer<OrderPlaced>(component: component).DeserializeAsync(bytes, ProtobufBench.Context(component, headers), _patience);

        Assert.Equal(Placed, read);
        var body = Placed.ToByteArray();
        Assert.Equal(location is SchemaIdLocation.Prefix ? [0, 0, 0, 0, 3, 0, .. body] : body, bytes);
        if (location is SchemaIdLocation.Header)
        {
            var header = Assert.Single(headers);
            Assert.Equal(component is EventComponent.Key ? "__key_schema_id" : "__value_schema_id", header.Name);
            Assert.Equal((18, (byte)1, (byte)0), (header.Value!.Value.Length, header.Value.Value.Span[0], header.Value.Value.Span[17]));
        }
        else
        {
            Assert.Empty(headers);
        }
    }

    [Fact]
    public async Task A_message_is_named_by_its_indexes_as_the_client_vendors_serializer_counts_them()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var second = await bench.Serializer<OrderCancelled>().SerializeAsync(new OrderCancelled(), ProtobufBench.Context(), _patience);
        var nested = await bench.Serializer<Audit.Types.Note.Types.Reply>().SerializeAsync(new Audit.Types.Note.Types.Reply(), ProtobufBench.Context(), _patience);
        var normalized = await bench.Serializer<Audit.Types.Note.Types.Reply>(static options => options.NormalizeSchemas = true).SerializeAsync(new Audit.Types.Note.Types.Reply(), ProtobufBench.Context(), _patience);

        Assert.Equal("00000000030202", Convert.ToHexString(second));

        // Audit [2], Note [1] behind the entry of the map field, Reply [0] in it; the entry is gone where the registry normalizes.
        Assert.Equal("000000000306040200", Convert.ToHexString(nested));
        Assert.Equal("000000000306040000", Convert.ToHexString(normalized));
    }

    [Fact]
    public async Task A_schema_is_the_serialized_file_and_what_it_imports_is_registered_once_before_it()
    {
        await using var bench = await ProtobufBench.StartAsync();
        await bench.Serializer<OrderPlaced>().SerializeAsync(Placed, ProtobufBench.Context(), _patience);

        Assert.Equal(
            [
                "POST /subjects/shop%2Fcurrency.proto/versions?normalize=False", "POST /subjects/shop%2Fmoney.proto/versions?normalize=False", "POST /subjects/orders-value/versions?normalize=False",
            ],
            bench.Registry.Requests.Where(static request => request.Contains("/versions", StringComparison.Ordinal)));
        var known = await ProtobufBench.On(bench.Registry.Url).Access.GetAsync(new SchemaKey(3), _patience);
        Assert.Equal(OrderPlaced.Descriptor.File.SerializedData.ToBase64(), known.Text);
        Assert.Equal(["shop/currency.proto", "shop/money.proto"], known.References.Select(static reference => reference.Name));
    }

    [Fact]
    public async Task Subjects_of_imports_are_named_as_is_said_and_known_types_are_registered_where_that_is_wanted()
    {
        await using var bench = await ProtobufBench.StartAsync();
        await bench.Serializer<OrderPlaced>(static options => (options.ReferenceSubjectNaming, options.SkipKnownTypes) = (ReferenceSubjectNaming.Qualified, false)).SerializeAsync(Placed, ProtobufBench.Context(), _patience);
        Assert.Equal(["google.protobuf.timestamp", "shop.currency", "shop.money", "orders-value"], Registered());

        await bench.Serializer<OrderPlaced>(static options => options.ReferenceSubjectNamer = static import => $"imports/{import}").SerializeAsync(Placed, ProtobufBench.Context(topic: "other"), _patience);
        Assert.Equal(["imports%2Fshop%2Fcurrency.proto", "imports%2Fshop%2Fmoney.proto", "other-value"], Registered().Skip(4));

        IEnumerable<string> Registered() => bench.Registry.Requests.Where(static request => request.Contains("/versions", StringComparison.Ordinal)).Select(static request => request.Split('/')[2]);
    }

    [Theory]
    [InlineData(SubjectNaming.Topic, "orders-value")]
    [InlineData(SubjectNaming.Record, "shop.OrderCancelled")]
    [InlineData(SubjectNaming.TopicRecord, "orders-shop.OrderCancelled")]
    public async Task A_subject_is_named_as_is_said(SubjectNaming naming, string subject)
    {
        await using var bench = await ProtobufBench.StartAsync();
        await bench.Serializer<OrderCancelled>(options => options.SubjectNaming = naming).SerializeAsync(new OrderCancelled(), ProtobufBench.Context(), _patience);

        Assert.Contains($"POST /subjects/{subject}/versions?normalize=False", bench.Registry.Requests);
    }

    [Fact]
    public async Task Without_AutoRegister_the_file_and_its_imports_are_looked_up()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var absent = await Assert.ThrowsAsync<EventSerializationException>(
            async () => await bench.Serializer<OrderPlaced>(static options => options.AutoRegister = false).SerializeAsync(Placed, ProtobufBench.Context(), _patience));
        Assert.Contains("Subject 'shop/currency.proto' not found. (40401) Register it before its producer is deployed", absent.Message, StringComparison.Ordinal);

        var registered = await bench.Serializer<OrderPlaced>().SerializeAsync(Placed, ProtobufBench.Context(), _patience);
        var lookedUp = await bench.Serializer<OrderPlaced>(static options => options.AutoRegister = false).SerializeAsync(Placed, ProtobufBench.Context(), _patience);
        Assert.Equal(registered, lookedUp);
    }

    [Fact]
    public async Task The_latest_version_is_written_by_with_the_indexes_that_its_file_has()
    {
        await using var bench = await ProtobufBench.StartAsync(static options => (options.UseLatestVersion, options.LatestCompatibilityStrict) = (true, false));
        bench.Registry.Register("orders-value", "syntax = \"proto3\"; package shop; message Audit { map<string, string> m = 1; message Note { message Draft {} message Reply { string text = 1; } } }", "PROTOBUF");
        var serializer = bench.Serializer<Audit.Types.Note.Types.Reply>();

        var bytes = await serializer.SerializeAsync(new Audit.Types.Note.Types.Reply { Text = "x" }, ProtobufBench.Context(), _patience);

        Assert.Equal("000000000106000002", Convert.ToHexString(bytes.AsSpan(0, 9)));
        Assert.Equal("x", (await serializer.DeserializeAsync(bytes, ProtobufBench.Context(), _patience)).Text);
        var absent = await Assert.ThrowsAsync<EventSerializationException>(async () => await bench.Serializer<OrderCancelled>().SerializeAsync(new OrderCancelled(), ProtobufBench.Context(), _patience));
        Assert.EndsWith("the schema (id 1) has no message shop.OrderCancelled.", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_version_and_another_file_of_a_message_are_read_by_the_indexes_that_they_have()
    {
        await using var bench = await ProtobufBench.StartAsync();
        bench.Registry.Register("a", "syntax = \"proto3\"; package shop; message First {} message OrderCancelled { string id = 1; int64 more = 9; }", "PROTOBUF");
        bench.Registry.Register("b", "package shop; message Only { message Deep {} } message OrderCancelled {}", "PROTOBUF");
        var serializer = bench.Serializer<OrderCancelled>();

        Assert.Equal("A1", (await serializer.DeserializeAsync(Convert.FromHexString("00000000010202" + "0A024131" + "4807"), ProtobufBench.Context(), _patience)).Id);
        Assert.Equal("A1", (await serializer.DeserializeAsync(Convert.FromHexString("00000000020202" + "0A024131"), ProtobufBench.Context(), _patience)).Id);
        Assert.Equal("it is the message shop.Only.Deep, and shop.OrderCancelled is what is read here.", await FaultAsync("0000000002040000"));
        Assert.Equal("it is the message shop.First, and shop.OrderCancelled is what is read here.", await FaultAsync("000000000100"));
        Assert.Equal("its message index path [7] is that of no message of its schema.", await FaultAsync("0000000001020E"));
        Assert.Equal("its message index path [1, 0] is that of no message of its schema.", await FaultAsync("0000000001040200"));

        async Task<string> FaultAsync(string bytes) => (await Assert.ThrowsAsync<EventSerializationException>(
            async () => await serializer.DeserializeAsync(Convert.FromHexString(bytes), ProtobufBench.Context(), _patience))).InnerException!.Message;
    }

    [Fact]
    public async Task A_message_beside_a_map_field_is_read_however_its_writer_counts()
    {
        await using var bench = await ProtobufBench.StartAsync();
        bench.Registry.Register("a", Audit.Descriptor.File.SerializedData.ToBase64(), "PROTOBUF");
        bench.Registry.Register("b", "syntax = \"proto3\"; package shop; message Audit { map<string, string> m = 1; message Note { string text = 1; } }", "PROTOBUF");
        var serializer = bench.Serializer<Audit.Types.Note>();

        foreach (var bytes in (string[])["0000000001040402", "0000000001040400", "0000000002040000", "0000000002040002"])
        {
            Assert.Equal("", (await serializer.DeserializeAsync(Convert.FromHexString(bytes), ProtobufBench.Context(), _patience)).Text);
        }
    }

    [Fact]
    public async Task A_renamed_message_is_read_by_its_alias_only()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var bytes = await bench.Serializer<Shop.V2.OrderCancelled>().SerializeAsync(new Shop.V2.OrderCancelled { Id = "A1" }, ProtobufBench.Context(), _patience);

        var refused = await Assert.ThrowsAsync<EventSerializationException>(async () => await bench.Serializer<OrderCancelled>().DeserializeAsync(bytes, ProtobufBench.Context(), _patience));
        var read = await bench.Serializer<OrderCancelled>(static options => options.AddAlias<OrderCancelled>("shop.v2.OrderCancelled")).DeserializeAsync(bytes, ProtobufBench.Context(), _patience);

        Assert.Equal(
            "The value of a record of topic 'orders' is no Shop.OrderCancelled, schema id 1: it is the message shop.v2.OrderCancelled, and shop.OrderCancelled is what is read here.", refused.Message);
        Assert.Equal("A1", read.Id);
    }

    [Fact]
    public async Task Events_are_told_apart_by_the_full_name_of_their_message()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var factory = bench.Factory();
        bench.Registry.Register("x", "\"string\"");
        var placed = await factory.Create<OrderPlaced>(EventComponent.Value).SerializeAsync(Placed, ProtobufBench.Context(), _patience);
        var cancelled = await factory.Create<OrderCancelled>(EventComponent.Value).SerializeAsync(new OrderCancelled(), ProtobufBench.Context(), _patience);
        byte[] avro = [0, 0, 0, 0, 1, 0];

        Assert.Equal("shop.OrderPlaced", await factory.ReadTypeAsync(placed, ProtobufBench.Context(), _patience));
        Assert.Equal("shop.OrderCancelled", await factory.ReadTypeAsync(cancelled, ProtobufBench.Context(), _patience));
        Assert.Equal(placed[..5], cancelled[..5]);
        Assert.Null(await factory.ReadTypeAsync(avro, ProtobufBench.Context(), _patience));
        Assert.Null(await factory.ReadTypeAsync((byte[])[.. placed[..5], 2, 100], ProtobufBench.Context(), _patience));
        Assert.Equal("shop.OrderPlaced", factory.NameOf<OrderPlaced>());
    }

    [Fact]
    public async Task What_is_no_message_is_told_at_start()
    {
        await using var bench = await ProtobufBench.StartAsync();

        Assert.Equal(
            "System.String is no Protobuf message. Generate it from a .proto file with Google's compiler, or choose another serializer.",
            Assert.Throws<NotSupportedException>(() => bench.Serializer<string>()).Message);
        Assert.Contains("UseParser(Handmade.Parser)", Assert.Throws<NotSupportedException>(() => bench.Serializer<Handmade>()).Message, StringComparison.Ordinal);
        Assert.NotNull(bench.Serializer<Handmade>(static options => options.UseParser(new MessageParser<Handmade>(static () => new Handmade()))));
    }

    [Fact]
    public async Task A_message_of_proto2_that_lacks_what_it_requires_is_neither_written_nor_read()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<Strict>(static options => options.UseParser(Strict.Parser));
        var whole = new Strict { Id = "A1", Detail = new Strict.Types.Detail { Text = "t" }, Lines = { new Strict.Types.Line { Count = 0 } }, ByName = { ["a"] = new Strict.Types.Line { Count = 1 } } };
        var bytes = await serializer.SerializeAsync(whole, ProtobufBench.Context(), _patience);

        Assert.Equal(whole, await serializer.DeserializeAsync(bytes, ProtobufBench.Context(), _patience));
        var unread = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(bytes.AsMemory(0, 6), ProtobufBench.Context(), _patience));
        Assert.EndsWith("schema id 1: id is required, and is not set.", unread.Message, StringComparison.Ordinal);
        foreach (var (lacking, path) in (IEnumerable<(Strict, string)>)
        [
            (new Strict(), "id"),
            (new Strict { Id = "A1", Lines = { new Strict.Types.Line { Count = 1 }, new Strict.Types.Line() } }, "lines.count"),
            (new Strict { Id = "A1", ByName = { ["a"] = new Strict.Types.Line() } }, "by_name.count"),
        ])
        {
            var unwritten = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.SerializeAsync(lacking, ProtobufBench.Context(), _patience));
            Assert.EndsWith($": {path} is required, and is not set.", unwritten.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bytes_that_break_are_told_with_the_path_of_the_field_and_without_their_content()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<OrderPlaced>();
        var good = await serializer.SerializeAsync(Placed, ProtobufBench.Context(), _patience);
        var at = good.AsSpan().IndexOf(Encoding.ASCII.GetBytes("EUR"));
        var bad = good.ToArray();
        bad[at - 1] = 99;

        var error = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(bad, ProtobufBench.Context(), _patience));

        Assert.StartsWith("The value of a record of topic 'orders' is no Shop.OrderPlaced, schema id 3: total.currency.code: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("EUR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_of_another_format_and_one_that_is_no_file_are_told()
    {
        await using var bench = await ProtobufBench.StartAsync();
        bench.Registry.Register("a", "\"string\"");
        bench.Registry.Register("b", "extend A { optional group 5 { } }", "PROTOBUF");

        Assert.EndsWith("schema id 1: the schema is Avro, and Protobuf is what is read here.", await FaultAsync(1), StringComparison.Ordinal);
        Assert.Contains("schema id 2: the schema is no .proto file: ", await FaultAsync(2), StringComparison.Ordinal);

        async Task<string> FaultAsync(byte id) => (await Assert.ThrowsAsync<EventSerializationException>(
            async () => await bench.Serializer<OrderCancelled>().DeserializeAsync((byte[])[0, 0, 0, 0, id, 0], ProtobufBench.Context(), _patience))).Message;
    }

    [Fact]
    public async Task Writing_and_choosing_a_type_cost_the_array_that_is_sent_and_nothing_else()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var factory = bench.Factory();
        var (serializer, context, order) = (factory.Create<OrderPlaced>(EventComponent.Value), ProtobufBench.Context(), new OrderPlaced { Id = "A1", Codes = { 1, 2, 3 } });
        var bytes = await serializer.SerializeAsync(order, context, _patience);
        for (var i = 0; i < 1000; i++)
        {
            await serializer.SerializeAsync(order, context, _patience);
            await factory.ReadTypeAsync(bytes, context, _patience);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            await serializer.SerializeAsync(order, context, _patience);
            await factory.ReadTypeAsync(bytes, context, _patience);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, (24 + bytes.Length + 7) / 8 * 8);
    }
}
