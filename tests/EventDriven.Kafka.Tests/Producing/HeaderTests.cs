using System.Text;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class HeaderTests
{
    private static readonly CloudEventHeaders CloudEvents = new("/shop", "order-placed", "application/json");

    [Fact]
    public async Task Records_carry_the_headers_of_cloud_events()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Create("orders", cloudEvents: CloudEvents);
        await producer.EnqueueAsync("k-1", null);
        await producer.EnqueueAsync("k-2", null);

        var headers = Texts(bench.Fake.Records[0]);
        Assert.Equal(["ce_id", "ce_source", "ce_specversion", "ce_type", "ce_time", "content-type"], headers.Select(static header => header.Key));
        Assert.Equal(["/shop", "1.0", "order-placed", "2026-03-04T05:06:07.8900000Z", "application/json"], headers.Skip(1).Select(static header => header.Value));
        var id = Guid.Parse(headers[0].Value!);
        Assert.Equal((7, 8), (id.Version, id.Variant & 0xC));
        Assert.Equal(bench.Time.GetUtcNow().ToUnixTimeMilliseconds(), Convert.ToInt64(headers[0].Value!.Replace("-", "", StringComparison.Ordinal)[..12], 16));
        Assert.NotEqual(headers[0].Value, Texts(bench.Fake.Records[1])[0].Value);
    }

    [Fact]
    public async Task Attributes_are_as_the_specification_of_CloudEvents_wants_them()
    {
        await using var bench = new ProducerBench(capacity: 20_000);
        var producer = bench.Create("orders", cloudEvents: new CloudEventHeaders(Uri.EscapeDataString("my shop: ünit/1"), "com.example.placed", "application/json"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2_500; i++) await producer.EnqueueAsync("k-1", null);
        }))).InTime();

        var ids = new HashSet<string>();
        foreach (var record in bench.Fake.Records)
        {
            var headers = Texts(record);
            // Names are of lower-case letters and digits; values are not empty and have no control characters.
            Assert.All(headers, static header => Assert.Matches("^(ce_[a-z0-9]{1,20}|content-type)$", header.Key));
            Assert.All(headers, static header => Assert.Matches(@"^\P{Cc}+$", header.Value!));
            Assert.True(ids.Add(headers.Single(static header => header.Key == "ce_id").Value!));
            Assert.True(Uri.IsWellFormedUriString(headers.Single(static header => header.Key == "ce_source").Value, UriKind.RelativeOrAbsolute));
            // RFC 3339.
            Assert.Matches(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$", headers.Single(static header => header.Key == "ce_time").Value!);
        }

        Assert.Equal(10_000, ids.Count);
    }

    [Fact]
    public async Task Headers_of_the_caller_come_first_as_they_are_and_win_over_those_of_the_library()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Create("orders", cloudEvents: CloudEvents);
        var headers = new EventHeaders()
            .Add("trace", "1").Add("trace", "2").Add("nothing", (string?)null).Add("bytes", new byte[] { 9, 255, 0 }.AsMemory(1))
            .Add("ce_type", "mine").Add("ce_id", "my-id");
        await producer.EnqueueAsync("k-1", null, new ProduceOptions { Headers = headers });

        var sent = bench.Fake.Records[0].Headers;
        Assert.Equal(
            ["trace", "trace", "nothing", "bytes", "ce_type", "ce_id", "ce_source", "ce_specversion", "ce_time", "content-type"],
            sent.Select(static header => header.Key));
        Assert.Null(sent[2].Value);
        Assert.Equal([255, 0], sent[3].Value!);
        Assert.Equal("mine", Encoding.UTF8.GetString(sent[4].Value!));
        Assert.Equal(6, headers.Count);
    }

    [Fact]
    public async Task Headers_of_one_record_never_show_up_on_another()
    {
        await using var bench = new ProducerBench();
        var options = new ProduceOptions();
        for (var count = 0; count < 40; count++)
        {
            options.Headers = new EventHeaders();
            for (var i = 0; i < count; i++) options.Headers.Add($"h{i}", $"{count}");
            await bench.Producer.EnqueueAsync("k-1", null, options);
            await bench.Producer.EnqueueAsync("k-2", null);
        }

        for (var count = 0; count < 40; count++)
        {
            Assert.Equal(Enumerable.Range(0, count).Select(i => ($"h{i}", $"{count}")), Texts(bench.Fake.Records[2 * count]).Select(static header => (header.Key, header.Value!)));
            Assert.Empty(bench.Fake.Records[(2 * count) + 1].Headers);
        }
    }

    [Fact]
    public async Task A_call_that_waits_keeps_the_headers_and_the_time_of_its_call()
    {
        await using var bench = new ProducerBench(capacity: 1);
        await bench.Producer.EnqueueAsync("k-0", null);
        var options = new ProduceOptions { Headers = new EventHeaders().Add("n", "1") };
        var called = bench.Time.GetUtcNow();
        var first = bench.Producer.EnqueueAsync("k-1", null, options).AsTask();
        options.Headers.Set("n", "2");
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        bench.Fake.Report();
        await first.InTime();

        var record = bench.Fake.Records[1];
        Assert.Equal("1", Texts(record)[0].Value);
        Assert.Equal(called.ToUnixTimeMilliseconds(), record.Timestamp.UnixTimestampMs);
    }

    [Fact]
    public async Task The_time_of_the_caller_is_the_time_of_record_and_event()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Create("orders", cloudEvents: CloudEvents);
        var time = new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        await producer.EnqueueAsync("k-1", null, new ProduceOptions { Timestamp = time });

        Assert.Equal(time.ToUnixTimeMilliseconds(), bench.Fake.Records[0].Timestamp.UnixTimestampMs);
        Assert.Contains(Texts(bench.Fake.Records[0]), static header => header is { Key: "ce_time", Value: "2020-01-02T01:04:05.0000000Z" });
    }

    [Fact]
    public async Task A_tombstone_says_its_type_and_no_content_type()
    {
        await using var bench = new ProducerBench();
        var call = bench.Create("orders", cloudEvents: CloudEvents).ProduceTombstoneAsync("k");
        bench.Fake.ReportAll();
        await call.InTime();

        Assert.Equal(["ce_id", "ce_source", "ce_specversion", "ce_type", "ce_time"], bench.Fake.Records[0].Headers.Select(static header => header.Key));
    }

    [Fact]
    public async Task A_serializer_may_add_headers()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Create("orders", new Adding(), cloudEvents: CloudEvents);
        await producer.EnqueueAsync("k-1", null, new ProduceOptions { Headers = new EventHeaders().Add("a", "1") });

        Assert.Equal(["a", "schema-id", "ce_id"], bench.Fake.Records[0].Headers.Take(3).Select(static header => header.Key));
    }

    private static List<(string Key, string? Value)> Texts(FakeProducer.Taken record) =>
        [.. record.Headers.Select(static header => (header.Key, header.Value is null ? null : Encoding.UTF8.GetString(header.Value)))];

    private sealed class Adding : IEventSerializer<string>
    {
        public string? ContentType => null;

        public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken)
        {
            context.Headers.Add("schema-id", "17");
            return new(Encoding.UTF8.GetBytes(value));
        }

        public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
