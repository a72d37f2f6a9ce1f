namespace EventDriven.Abstractions.Tests;

public sealed class EventHeadersTests
{
    [Fact]
    public void Headers_keep_their_order_and_repeated_names()
    {
        var headers = new EventHeaders().Add("a", "1").Add("b", "2").Add("a", "3");

        Assert.Equal(3, headers.Count);
        Assert.Equal(["a", "b", "a"], headers.Select(static header => header.Name));
        Assert.Equal(["1", "2", "3"], headers.Select(static header => Text(header)));
        Assert.Equal("b", headers[1].Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => headers[3]);
    }

    [Fact]
    public void Where_a_name_repeats_the_last_one_counts()
    {
        var headers = new EventHeaders().Add("a", "1").Add("a", "2").Add("A", "other");

        Assert.Equal("2", headers.GetText("a"));
        Assert.True(headers.TryGetLast("a", out var last));
        Assert.Equal("2", Text(last));
        Assert.False(headers.TryGetLast("b", out _));
        Assert.Null(headers.GetText("b"));
    }

    [Fact]
    public void A_null_value_stays_null_and_an_empty_one_stays_empty()
    {
        var headers = new EventHeaders()
            .Add("null text", null).Add("empty text", "").Add("empty bytes", ReadOnlyMemory<byte>.Empty).Add(new EventHeader("null bytes", null));

        Assert.Null(headers[0].Value);
        Assert.Equal(0, headers[1].Value?.Length);
        Assert.Equal(0, headers[2].Value?.Length);
        Assert.Null(headers[3].Value);
        Assert.False(headers[0].TryGetText(out _));
        Assert.Equal("", headers.GetText("empty text"));
        Assert.Null(headers.GetText("null bytes"));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_kept_and_not_shown_as_text()
    {
        byte[] bytes = [0xC3, 0x28];
        var headers = new EventHeaders().Add("bytes", bytes);

        Assert.Equal(bytes, headers[0].Value!.Value.ToArray());
        Assert.False(headers[0].TryGetText(out var text));
        Assert.Null(text);
        Assert.Null(headers.GetText("bytes"));
    }

    [Fact]
    public void Asking_bytes_that_are_no_text_costs_nothing()
    {
        var header = new EventHeaders().Add("bytes", new byte[] { 0xC3, 0x28 })[0];
        header.TryGetText(out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        header.TryGetText(out _);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Text_is_utf_8_without_a_mark()
    {
        var header = new EventHeaders().Add("name", "Zürich 東京")[0];

        Assert.Equal("Zürich 東京"u8.ToArray(), header.Value!.Value.ToArray());
        Assert.Equal("Zürich 東京", Text(header));
    }

    [Fact]
    public void Set_replaces_every_header_of_the_name()
    {
        var headers = new EventHeaders().Add("a", "1").Add("b", "2").Add("a", "3").Set("a", "4");

        Assert.Equal([("b", "2"), ("a", "4")], headers.Select(static header => (header.Name, Text(header))));
        Assert.Equal(1, headers.Remove("a"));
        Assert.Equal(0, headers.Remove("a"));
        Assert.Single(headers);
    }

    [Fact]
    public void A_header_without_a_name_is_refused()
    {
        var headers = new EventHeaders();

        Assert.Throws<ArgumentNullException>(() => headers.Add(null!, "text"));
        Assert.Throws<ArgumentNullException>(() => headers.Add(null!, ReadOnlyMemory<byte>.Empty));
        Assert.Throws<ArgumentNullException>(() => headers.Set(null!, "text"));
        Assert.Empty(headers);
    }

    private static string? Text(EventHeader header) => header.TryGetText(out var text) ? text : null;
}
