using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Tests.Pipeline;

/// <summary>CloudEvents in structured mode: the examples of the specification (JSON event format 1.0, Kafka protocol binding), and what a hostile writer sends.</summary>
public sealed class StructuredCloudEventsTests
{
    private const string Json = "application/cloudevents+json; charset=UTF-8";
    private readonly List<string> _seen = [];

    /// <summary>The examples of the JSON event format, section 3.2, each with the headers and value of its own re-encoding in binary mode.</summary>
    public static TheoryData<string, string, string?> Examples => new()
    {
        {
            // "Binary"-valued data.
            """
            { "specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "id" : "A234-1234-1234", "time" : "2018-04-05T17:31:00Z",
              "comexampleextension1" : "value", "comexampleothervalue" : 5, "datacontenttype" : "application/vnd.apache.thrift.binary", "data_base64" : "AP8B" }
            """,
            "00FF01", "application/vnd.apache.thrift.binary"
        },
        {
            // An XML document as text.
            """
            { "specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "id" : "B234-1234-1234", "time" : "2018-04-05T17:31:00Z",
              "comexampleextension1" : "value", "comexampleothervalue" : 5, "unsetextension": null, "datacontenttype" : "application/xml", "data" : "<much wow=\"xml\"/>" }
            """,
            Hex("<much wow=\"xml\"/>"), "application/xml"
        },
        {
            // A JSON object.
            """
            { "specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null, "id" : "C234-1234-1234", "time" : "2018-04-05T17:31:00Z",
              "comexampleextension1" : "value", "comexampleothervalue" : 5, "datacontenttype" : "application/json", "data" : {"appinfoA":"abc","appinfoB":123,"appinfoC":true} }
            """,
            Hex("""{"appinfoA":"abc","appinfoB":123,"appinfoC":true}"""), "application/json"
        },
        {
            // A literal JSON string, and no content type.
            """
            { "specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null, "id" : "D234-1234-1234", "time" : "2018-04-05T17:31:00Z",
              "comexampleextension1" : "value", "comexampleothervalue" : 5, "data" : "I'm just a string" }
            """,
            Hex("\"I'm just a string\""), "application/json"
        },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_examples_of_the_specification_arrive_as_their_binary_mode_would(string envelope, string data, string? contentType)
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[]>(Note));

        var result = await bench.ProcessAsync(envelope, Type(Json));

        Assert.Null(result.Error);
        Assert.Equal(
            [
                data, "ce_specversion=1.0", "ce_type=com.example.someevent", "ce_source=/mycontext", $"ce_id={envelope[(envelope.IndexOf("234-", StringComparison.Ordinal) - 1)..][..14]}",
                "ce_time=2018-04-05T17:31:00Z", "ce_comexampleextension1=value", "ce_comexampleothervalue=5", $"content-type={contentType}",
            ],
            _seen);
    }

    [Fact]
    public async Task The_example_of_the_Kafka_binding_in_binary_mode_is_taken_as_it_is()
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[]>(Note));
        var headers = new Headers
        {
            { "ce_specversion", "1.0"u8.ToArray() }, { "ce_type", "com.example.someevent"u8.ToArray() }, { "ce_source", "/mycontext/subcontext"u8.ToArray() },
            { "ce_id", "1234-1234-1234"u8.ToArray() }, { "ce_time", "2018-04-05T03:56:24Z"u8.ToArray() }, { "content-type", "application/avro"u8.ToArray() },
        };

        await bench.ProcessAsync([1, 2, 3], headers);

        Assert.Equal(
            [
                "010203", "ce_specversion=1.0", "ce_type=com.example.someevent", "ce_source=/mycontext/subcontext", "ce_id=1234-1234-1234", "ce_time=2018-04-05T03:56:24Z",
                "content-type=application/avro",
            ],
            _seen);
    }

    [Fact]
    public async Task The_type_of_the_envelope_chooses_the_handler()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced placed, CancellationToken _) => See($"placed {placed.OrderId} {placed.Amount}"))
            .Handle((OrderCancelled cancelled, CancellationToken _) => See($"cancelled {cancelled.OrderId}"))
            .EventType<OrderPlaced>("com.example.placed").EventType<OrderCancelled>("com.example.cancelled")
            .FilterUnknown("com.example.other"));

        await bench.ProcessAsync(Envelope("com.example.placed", """{"orderId":"A1","amount":7}"""), Type(Json));
        await bench.ProcessAsync(Envelope("com.example.cancelled", """{"orderId":"A2"}"""), Type("APPLICATION/CloudEvents+JSON"));
        var other = await bench.ProcessAsync(Envelope("com.example.other", "5"), Type(Json));
        var unknown = await bench.ProcessAsync(Envelope("com.example.third", "5"), Type(Json));

        Assert.Equal(["placed A1 7", "cancelled A2"], _seen);
        Assert.Equal(Outcome.Filtered, other.Outcome);
        Assert.IsType<UnknownEventTypeException>(unknown.Error);
    }

    [Fact]
    public async Task The_envelope_alone_counts_where_headers_say_something_else_and_other_headers_stay()
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[]>(Note));
        var headers = Type("text/plain");
        headers.Add("ce_type", "contradiction"u8.ToArray());
        headers.Add("ce_specversion", "0.3"u8.ToArray());
        headers.Add("traceparent", "00-1"u8.ToArray());
        headers.Add("Content-Type", Encoding.UTF8.GetBytes(Json));

        await bench.ProcessAsync(Envelope("com.example.placed", "5"), headers);

        Assert.Equal(
            ["35", "traceparent=00-1", "ce_specversion=1.0", "ce_type=com.example.placed", "ce_source=/s", "ce_id=1", "content-type=application/json"], _seen);
    }

    [Fact]
    public async Task Each_attempt_opens_the_envelope_anew()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((byte[] e, EventContext context, CancellationToken _) =>
            {
                context.Headers.Set("ce_type", "spoilt");
                _seen.Add(Encoding.UTF8.GetString(e));
                return context.Attempt == 1 ? throw new InvalidOperationException() : default(ValueTask);
            })
            .EventType<byte[]>("com.example.bytes").FilterAllUnknown()
            .OnFailure(f => f.Retry(1, TimeSpan.Zero)));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Envelope("com.example.bytes", "5"), Type(Json)));

        Assert.Equal((Outcome.Handled, 2), (result.Outcome, result.Attempts));
        Assert.Equal(["5", "5"], _seen);
    }

    [Fact]
    public async Task Middleware_sees_the_record_as_it_came_and_context_Value_stays_the_record()
    {
        var envelope = Envelope("t", "5");
        await using var bench = new PipelineBench(c => c
            .Use((context, next) =>
            {
                _seen.Add(context.Headers.GetText("ce_type") ?? "no type");
                return next(context);
            })
            .Handle((byte[] _, EventContext context, CancellationToken _) => See(Encoding.UTF8.GetString(context.Value!.Value.Span))));

        await bench.ProcessAsync(envelope, Type(Json));

        Assert.Equal(["no type", envelope], _seen);
    }

    [Fact]
    public async Task An_event_without_data_has_no_bytes()
    {
        const string Envelope = """{"specversion":"1.0","id":"1","source":"/s","type":"t"}""";
        await using var text = new PipelineBench(c => c.Handle((string e, CancellationToken _) => See($"'{e}'")));
        await using var json = new PipelineBench(c => c.Handle((OrderPlaced _, CancellationToken _) => See("placed")));

        Assert.Equal(Outcome.Handled, (await text.ProcessAsync(Envelope, Type(Json))).Outcome);
        Assert.Contains("it is empty", Assert.IsType<EventSerializationException>((await json.ProcessAsync(Envelope, Type(Json))).Error).Message, StringComparison.Ordinal);
        Assert.Equal(["''"], _seen);
    }

    [Fact]
    public async Task A_tombstone_is_one_whatever_its_content_type_says()
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[]>(Note).HandleTombstone<byte[]>((_, _) =>
        {
            _seen.Add("tombstone");
            return ValueTask.CompletedTask;
        }));

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync((string?)null, Type(Json))).Outcome);
        Assert.Equal(["tombstone"], _seen);
    }

    [Fact]
    public async Task Envelopes_may_be_left_to_the_deserializer()
    {
        var envelope = Envelope("t", "5");
        await using var bench = new PipelineBench(c => c.Handle((string e, CancellationToken _) => See(e)), options: o => o.StructuredCloudEvents = StructuredCloudEvents.PassThrough);

        await bench.ProcessAsync(envelope, Type(Json));

        Assert.Equal([envelope], _seen);
    }

    [Fact]
    public async Task A_deserializer_of_the_client_sees_data_and_headers_of_the_event()
    {
        await using var bench = new PipelineBench(c => c.Handle((string e, CancellationToken _) => See(e)).Deserialize(new ShowsHeaders()));

        await bench.ProcessAsync(Envelope("t", "5"), Type(Json));

        Assert.Equal(["5 of t, application/json"], _seen);
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "application/cloudevents-batch+json", "[]", "that of a batch" },
        { Json, "[]", "it is an array" },
        { "application/cloudevents+avro", "{}", "event format is not JSON" },
        { "application/cloudevents", "{}", "event format is not JSON" },
        { "application/cloudevents+json; charset=utf-16", "{}", "its charset is not UTF-8" },
        { Json, "", "not valid JSON" },
        { Json, "5", "no JSON object" },
        { Json, "{", "not valid JSON at line 1" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t"} x""", "not valid JSON" },
        { Json, "\uFEFF{}", "not valid JSON" },
        { Json, """{"id":"1","source":"/s","type":"t"}""", "it has no 'specversion'" },
        { Json, """{"specversion":"1.0","source":"/s","type":"t"}""", "it has no 'id'" },
        { Json, """{"specversion":"1.0","id":"1","source":"","type":"t"}""", "it has no 'source'" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":null}""", "it has no 'type'" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","Type":"t"}""", "not of lower-case letters and digits" },
        { Json, """{"specversion":"0.3","id":"1","source":"/s","type":"t"}""", "'specversion' is not 1.0" },
        { Json, """{"specversion":"2.0","id":"1","source":"/s","type":"t"}""", "'specversion' is not 1.0" },
        { Json, """{"specversion":1.0,"id":"1","source":"/s","type":"t"}""", "'specversion' is no text" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","type":"u"}""", "'type' is there twice" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1,"data":2}""", "'data' is there twice" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data":1,"data_base64":"AA=="}""", "both 'data' and 'data_base64'" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"?"}""", "not Base64" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":5}""", "not Base64" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","ext":{"a":1}}""", "'ext' is an object or array" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","ext":1.5}""", "'ext' is no integer" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","ext":3000000000}""", "'ext' is no integer" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"\ud800"}""", "not valid UTF-8" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"application/xml","data":{}}""", "'data' is no text" },
        { Json, """{"specversion":"1.0","id":"1","source":"/s","type":"t","datacontenttype":"text/plain; charset=latin1","data":"x"}""", "the charset of its 'datacontenttype'" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_envelope_is_a_failure_that_is_not_tried_again(string contentType, string value, string told)
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[]>(Note).OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.ProcessAsync(value, Type(contentType));

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        var error = Assert.IsType<InvalidCloudEventException>(result.Error);
        Assert.Contains("orders[3]@42", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Empty(_seen);
    }

    [Fact]
    public async Task Parsing_is_bounded_whatever_is_sent()
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[]>(Note));
        string Attributes(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $",\"x{i}\":1"));
        const string Start = """{"specversion":"1.0","id":"1","source":"/s","type":"t" """;

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync($"{Start}{Attributes(CloudEventEnvelope.MaxAttributes - 4)}}}", Type(Json))).Outcome);
        foreach (var (hostile, told) in new[]
        {
            ($"{Start}{Attributes(100_000)}}}", "more than 128 members"),
            ($"{Start},\"{new string('x', 1_000_000)}\":1}}", "longer than 64 bytes"),
            ($"{Start},\"data\":{new string('[', 1_000_000)}", "not valid JSON"),
            ($"{Start},\"data\":{new string('[', 65)}{new string(']', 65)}}}", "not valid JSON"),
        })
        {
            var error = Assert.IsType<InvalidCloudEventException>((await bench.ProcessAsync(hostile, Type(Json))).Error);
            Assert.Contains(told, error.Message, StringComparison.Ordinal);
            Assert.InRange(error.Message.Length, 1, 1_000);
        }

        Assert.Contains(
            "longer than 256 bytes", (await bench.ProcessAsync("{}", Type("application/cloudevents+json" + new string(';', 1_000_000)))).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_bytes_come_they_are_an_envelope_or_say_why_not()
    {
        var random = new Random(20_260_301);
        var seeds = Examples.Select(static row => Encoding.UTF8.GetBytes(row.Data.Item1)).ToArray();
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = seeds[i % seeds.Length].ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                // Mostly characters that mean something in JSON.
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "{}[]\",:0u\\ "u8[random.Next(11)];
            }

            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                var envelope = CloudEventEnvelope.Read(bytes);
                Assert.Equal("1.0", envelope.Attributes.Single(static attribute => attribute.Key == "specversion").Value);
                read++;
            }
            catch (FormatException exception)
            {
                Assert.InRange(exception.Message.Length, 1, 200);
            }
        }

        Assert.InRange(read, 1_000, 19_000);
    }

    private static Headers Type(string contentType) => new() { { "content-type", Encoding.UTF8.GetBytes(contentType) } };

    private static string Envelope(string type, string data) => $$"""{"specversion":"1.0","type":"{{type}}","source":"/s","id":"1","data":{{data}}}""";

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private ValueTask Note(byte[] e, EventContext context, CancellationToken cancellationToken)
    {
        _seen.Add(Convert.ToHexString(e));
        _seen.AddRange(context.Headers.Select(header => $"{header.Name}={(header.TryGetText(out var text) ? text : "?")}"));
        return default;
    }

    private ValueTask See(string what)
    {
        _seen.Add(what);
        return default;
    }

    private sealed class ShowsHeaders : IDeserializer<string>
    {
        public string Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            $"{Encoding.UTF8.GetString(data)} of {Encoding.UTF8.GetString(context.Headers.GetLastBytes("ce_type"))}, {Encoding.UTF8.GetString(context.Headers.GetLastBytes("content-type"))}";
    }
}
