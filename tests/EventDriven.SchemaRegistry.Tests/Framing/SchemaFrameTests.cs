using EventDriven.SchemaRegistry.Tests.Hostile;

namespace EventDriven.SchemaRegistry.Tests;

public class SchemaFrameTests
{
    private static readonly Guid Guid = new("89791762-2336-186f-9674-299b90a8e2e2");

    [Fact]
    public void An_id_and_a_guid_are_written_as_all_clients_write_them()
    {
        Assert.Equal("0000010203", Convert.ToHexString(SchemaFrame.Prefix(0x010203, default)));
        Assert.Equal("01897917622336186f9674299b90a8e2e2", Convert.ToHexStringLower(SchemaFrame.Prefix(Guid, default)));
        Assert.Equal("000000000100", Convert.ToHexString(SchemaFrame.Prefix(1, MessagePath.Encode([0]))));
        Assert.Equal("00000000010202", Convert.ToHexString(SchemaFrame.Prefix(1, MessagePath.Encode([1]))));
        Assert.Equal("0000000001040206", Convert.ToHexString(SchemaFrame.Prefix(1, MessagePath.Encode([1, 3]))));
        Assert.Equal("0000000001029003", Convert.ToHexString(SchemaFrame.Prefix(1, MessagePath.Encode([200]))));
    }

    [Fact]
    public void A_record_is_taken_apart_by_its_prefix()
    {
        Assert.Null(SchemaFrame.Read(Convert.FromHexString("0000010203AABB"), Context(), hasPath: false, out var byId));
        Assert.Equal((new SchemaKey(0x010203), "AABB"), (byId.Key, Convert.ToHexString(byId.Body.Span)));

        Assert.Null(SchemaFrame.Read((byte[])[.. SchemaFrame.Prefix(Guid, default), 0xAA], Context(), hasPath: false, out var byGuid));
        Assert.Equal((new SchemaKey(Guid), "AA"), (byGuid.Key, Convert.ToHexString(byGuid.Body.Span)));

        Assert.Null(SchemaFrame.Read(Convert.FromHexString("0000000001040206AA"), Context(), hasPath: true, out var nested));
        Assert.Equal(("040206", "AA"), (Convert.ToHexString(nested.Path.Span), Convert.ToHexString(nested.Body.Span)));
    }

    [Theory]
    [InlineData(EventComponent.Value, "__value_schema_id")]
    [InlineData(EventComponent.Key, "__key_schema_id")]
    public void The_header_goes_first_and_the_body_is_all_there_is(EventComponent component, string header)
    {
        var headers = new EventHeaders().Add(header, SchemaFrame.Prefix(Guid, MessagePath.Encode([0])));

        Assert.Null(SchemaFrame.Read(Convert.FromHexString("0000000001AA"), new EventSerializationContext("orders", component, headers), hasPath: true, out var frame));

        Assert.Equal((new SchemaKey(Guid), "00", "0000000001AA"), (frame.Key, Convert.ToHexString(frame.Path.Span), Convert.ToHexString(frame.Body.Span)));
    }

    [Fact]
    public void A_header_of_the_other_component_says_nothing()
    {
        var headers = new EventHeaders().Add(SchemaFrame.KeyHeader, SchemaFrame.Prefix(Guid, default));

        Assert.Null(SchemaFrame.Read(Convert.FromHexString("0000000001AA"), new EventSerializationContext("orders", EventComponent.Value, headers), hasPath: false, out var frame));

        Assert.Equal(new SchemaKey(1), frame.Key);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("00", "too few")]
    [InlineData("00000001", "too few")]
    [InlineData("0100000000000000000000000000000000", null)]
    [InlineData("01000000000000000000000000000000", "too few")]
    [InlineData("7B226E616D65227D", "0x7b")]
    [InlineData("0000000000", "the schema id 0")]
    [InlineData("00FFFFFFFF", "the schema id -1")]
    public void What_names_no_schema_is_told_by_its_reason(string bytes, string? reason)
    {
        var problem = SchemaFrame.Read(Convert.FromHexString(bytes), Context(), hasPath: false, out _);

        if (reason is null) Assert.Null(problem);
        else Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000000001")]
    [InlineData("000000000180")]
    [InlineData("00000000010402")]
    [InlineData("000000000101")]
    [InlineData("00000000010201")]
    [InlineData("0000000001FFFFFFFF0F")]
    [InlineData("0000000001FEFFFFFF0F00")]
    [InlineData("0000000001FFFFFFFFFFFFFFFFFF01")]
    [InlineData("00000000018201")]
    public void A_message_index_path_that_is_none_is_told(string bytes) =>
        Assert.Contains("message index path", SchemaFrame.Read(Convert.FromHexString(bytes), Context(), hasPath: true, out _), StringComparison.Ordinal);

    [Fact]
    public void Random_bytes_are_taken_apart_or_told_in_their_prefix_or_their_header_and_cost_no_more_than_a_message()
    {
        var random = new Random(20261126);
        var bounds = new ReadBounds(2 * 1024, forEachByte: 0);
        var frames = ReadBounds.Inputs("EVENTDRIVEN_FUZZ", usually: 200_000);
        for (var i = 0; i < frames; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (bytes.Length > 4) (bytes[0], bytes[1]) = ((byte)(i % 2), 0);
            var context = i % 5 == 0 ? new EventSerializationContext("orders", EventComponent.Value, new EventHeaders().Add(SchemaFrame.ValueHeader, bytes)) : Context();
            var hasPath = i % 3 == 0;
            bounds.Check(bytes, bytes.Length, data => SchemaFrame.Read(data, context, hasPath, out _) is null);
        }

        bounds.Tell("frames");
    }

    private static EventSerializationContext Context() => new("orders", EventComponent.Value, new EventHeaders());
}
