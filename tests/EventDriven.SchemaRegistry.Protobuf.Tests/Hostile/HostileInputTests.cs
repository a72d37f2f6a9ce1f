using EventDriven.SchemaRegistry.Tests.Hostile;
using Google.Protobuf;
using Shop;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

/// <summary>Bytes from others' hands: an event, or the one exception, in bounded time and memory.</summary>
public sealed class HostileInputTests
{
    private readonly CancellationToken _patience = new CancellationTokenSource(ProtobufBench.Patience).Token;

    private static OrderPlaced Sample => new()
    {
        Id = "A1",
        Total = new Money { Units = 7, Currency = new Currency { Code = "EUR" } },
        Lines = { new OrderPlaced.Types.Line { Product = "P", Count = 2, Replaces = new OrderPlaced { Id = "A0" } } },
        PlacedAt = new() { Seconds = 1_800_000_000 },
        Codes = { 1, 2, 3 },
        Tags = { ["a"] = "b" },
    };

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("00", "too few to name a schema")]
    [InlineData("0000000003", "its message index path is cut off")]
    [InlineData("000000000380", "its message index path is cut off")]
    [InlineData("0000000003FFFFFFFFFFFFFFFFFFFF01", "its message index path is cut off, or no varint")]
    [InlineData("0000000003FEFFFFFF0F", "its message index path has 2147483647 indexes")]
    [InlineData("000000000301", "its message index path has -1 indexes")]
    [InlineData("00000000030201", "has the index -1")]
    [InlineData("000000000302FEFFFFFF0F", "[2147483647] is that of no message")]
    [InlineData("7B7D", "begins with the byte 0x7b")]
    [InlineData("00000000030000", "OrderPlaced: ")]
    [InlineData("0000000003000AFFFFFFFF07", "id: ")]
    [InlineData("00000000030012021A01", "total.3: ")]
    [InlineData("0000000003001A04120280", "lines: ")]
    [InlineData("000000000300320508FFFFFFFF", "tags.key: ")]
    [InlineData("00000000030022028080", "placed_at: ")]
    public async Task Bytes_that_are_no_event_are_told_by_their_reason(string hex, string reason)
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<OrderPlaced>();
        await serializer.SerializeAsync(Sample, ProtobufBench.Context(), _patience);

        var error = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(Convert.FromHexString(hex), ProtobufBench.Context(), _patience));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_is_cut_at_any_byte_is_none_or_what_was_there_until_then()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<OrderPlaced>();
        var good = await serializer.SerializeAsync(Sample, ProtobufBench.Context(), _patience);
        var whole = 0;
        for (var length = 0; length < good.Length; length++)
        {
            try
            {
                // Protobuf has no end: where a field ends, an event may.
                Assert.NotEqual(Sample, await serializer.DeserializeAsync(good.AsMemory(0, length), ProtobufBench.Context(), _patience));
                whole++;
            }
            catch (EventSerializationException)
            {
                // The one that it may be.
            }
        }

        Assert.Equal(6, whole);
    }

    [Fact]
    public async Task Messages_deep_in_one_another_end_at_a_limit()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<OrderPlaced>();
        var deep = new OrderPlaced { Id = "A1" };
        for (var i = 0; i < 40; i++) deep = new OrderPlaced { Lines = { new OrderPlaced.Types.Line { Replaces = deep } } };
        var good = await serializer.SerializeAsync(deep, ProtobufBench.Context(), _patience);
        Assert.Equal(deep, await serializer.DeserializeAsync(good, ProtobufBench.Context(), _patience));

        for (var i = 0; i < 40; i++) deep = new OrderPlaced { Lines = { new OrderPlaced.Types.Line { Replaces = deep } } };
        var bad = await serializer.SerializeAsync(deep, ProtobufBench.Context(), _patience);
        var error = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(bad, ProtobufBench.Context(), _patience));
        Assert.Contains("lines.replaces.lines.replaces.", error.Message, StringComparison.Ordinal);

        // Groups, which nobody writes: a byte each.
        byte[] groups = [0, 0, 0, 0, 3, 0, .. Enumerable.Repeat((byte)0x3B, 1_000_000)];
        await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(groups, ProtobufBench.Context(), _patience));
    }

    [Theory]
    [InlineData("0AFFFFFFFF07")]
    [InlineData("2AFFFFFFFF07")]
    [InlineData("2A80808080080101")]
    [InlineData("1AFFFFFFFF07")]
    [InlineData("32FFFFFFFF070A")]
    public async Task Lengths_beyond_the_bytes_cost_no_memory(string body)
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<OrderPlaced>();
        await serializer.DeserializeAsync(await serializer.SerializeAsync(Sample, ProtobufBench.Context(), _patience), ProtobufBench.Context(), _patience);
        byte[] bytes = [0, 0, 0, 0, 3, 0, .. Convert.FromHexString(body)];

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<EventSerializationException>(() => { _ = serializer.DeserializeAsync(bytes, ProtobufBench.Context(), _patience).AsTask(); });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public async Task Whatever_the_bytes_are_there_is_an_event_or_one_exception_in_bounded_time_and_memory()
    {
        await using var bench = await ProtobufBench.StartAsync();
        var serializer = bench.Serializer<OrderPlaced>();
        var good = await serializer.SerializeAsync(Sample, ProtobufBench.Context(), _patience);
        await serializer.DeserializeAsync(good, ProtobufBench.Context(), _patience);
        var context = ProtobufBench.Context();
        var random = new Random(int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_FUZZ_SEED"), out var seed) ? seed : 20261126);
        var bounds = new ReadBounds(64 * 1024, forEachByte: 256);
        var events = ReadBounds.Inputs("EVENTDRIVEN_FUZZ", usually: 200_000);
        for (var i = 0; i < events; i++)
        {
            var bytes = Change(good, random, i);
            bounds.Check(bytes, bytes.Length, IsRead);
        }

        bounds.Tell("Protobuf");

        bool IsRead(byte[] bytes)
        {
            try
            {
                _ = serializer.DeserializeAsync(bytes, context, _patience).AsTask();
                return true;
            }
            catch (EventSerializationException)
            {
                // The one that it may be.
                return false;
            }
        }
    }

    /// <summary>Bytes changed, put in, taken out, doubled, or all of them random; the id of the schema stays in most.</summary>
    private static byte[] Change(byte[] good, Random random, int round)
    {
        if (round % 10 == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            if (round % 20 == 0 && noise.Length > 6) good.AsSpan(0, 6).CopyTo(noise);
            return noise;
        }

        var bytes = good.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 6; change--)
        {
            var at = random.Next(round % 10 == 1 ? 0 : 5, bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveAt(at); break;
                default: bytes.InsertRange(at, bytes.Skip(random.Next(5, bytes.Count)).Take(random.Next(20)).ToArray()); break;
            }
        }

        return [.. bytes];
    }
}
