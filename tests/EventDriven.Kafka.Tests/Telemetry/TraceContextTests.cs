using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Tests.Telemetry;

public class TraceContextTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";

    public static TheoryData<string> Garbage =>
    [
        "",
        "garbage",
        $"00-{Trace}-{Span}",
        $"00-{Trace}-{Span}-0",
        $"00-{Trace}-{Span}-0g",
        $"00-{Trace}-{Span}-01-more",
        $"ff-{Trace}-{Span}-01",
        $"0x-{Trace}-{Span}-01",
        $"00-{Trace.ToUpperInvariant()}-{Span}-01",
        $"00-{Trace}-{Span.ToUpperInvariant()}-01",
        $"00-{new string('0', 32)}-{Span}-01",
        $"00-{Trace}-{new string('0', 16)}-01",
        $"00_{Trace}_{Span}_01",
        $"00-{Trace[1..]}é-{Span}-01",
        $" 00-{Trace}-{Span}-01",
        $"01-{Trace}-{Span}-01.more",
        $"01-{Trace}-{Span}-01-{new string('x', 10_000)}",
        new string('0', 55),
        new string('-', 1_000_000),
    ];

    [Theory]
    [MemberData(nameof(Garbage))]
    public void What_is_no_trace_context_is_none(string parent) =>
        Assert.Equal(default, TraceContext.Read(Encoding.UTF8.GetBytes(parent), "a=1"u8));

    [Theory]
    [InlineData($"00-{Trace}-{Span}-01", ActivityTraceFlags.Recorded)]
    [InlineData($"00-{Trace}-{Span}-00", ActivityTraceFlags.None)]
    [InlineData($"00-{Trace}-{Span}-fe", ActivityTraceFlags.None)]
    [InlineData($"00-{Trace}-{Span}-0b", ActivityTraceFlags.Recorded)]
    [InlineData($"cc-{Trace}-{Span}-01", ActivityTraceFlags.Recorded)]
    [InlineData($"cc-{Trace}-{Span}-01-what-the-future-brings", ActivityTraceFlags.Recorded)]
    public void A_trace_context_is_read(string parent, ActivityTraceFlags flags)
    {
        var context = TraceContext.Read(Encoding.UTF8.GetBytes(parent), "vendor=a,other=b"u8);

        Assert.Equal(Trace, context.TraceId.ToHexString());
        Assert.Equal(Span, context.SpanId.ToHexString());
        Assert.Equal(flags, context.TraceFlags);
        Assert.Equal("vendor=a,other=b", context.TraceState);
        Assert.True(context.IsRemote);
    }

    [Theory]
    [InlineData("")]
    [InlineData("vendor=\u0001")]
    [InlineData("vendor=é")]
    public void A_state_that_is_none_leaves_the_rest(string state)
    {
        var context = TraceContext.Read(Encoding.UTF8.GetBytes($"00-{Trace}-{Span}-01"), Encoding.UTF8.GetBytes(state));

        Assert.Equal(Trace, context.TraceId.ToHexString());
        Assert.Null(context.TraceState);
    }

    [Fact]
    public void A_state_that_is_too_long_leaves_the_rest()
    {
        var context = TraceContext.Read(Encoding.UTF8.GetBytes($"00-{Trace}-{Span}-01"), Encoding.UTF8.GetBytes("a=" + new string('1', 511)));

        Assert.Equal(Trace, context.TraceId.ToHexString());
        Assert.Null(context.TraceState);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.None)]
    [InlineData(ActivityTraceFlags.Recorded)]
    public void What_is_written_is_read_again(ActivityTraceFlags flags)
    {
        using var span = new Activity("send").SetIdFormat(ActivityIdFormat.W3C);
        span.Start();
        span.ActivityTraceFlags = flags;
        var bytes = new byte[TraceContext.ParentLength];

        TraceContext.Write(span, bytes);

        Assert.Equal(span.Id, Encoding.ASCII.GetString(bytes));
        var context = TraceContext.Read(bytes, default);
        Assert.Equal(span.TraceId, context.TraceId);
        Assert.Equal(span.SpanId, context.SpanId);
        Assert.Equal(flags, context.TraceFlags);
    }

    [Fact]
    public void A_header_counts_only_where_it_is_the_only_one_of_its_name()
    {
        var headers = new Headers { { "traceparent", [1] }, { "tracestate", null }, { "Traceparent", [2] }, { "twice", [1] }, { "twice", [1] } };

        Assert.Equal([1], headers.GetOnlyBytes("traceparent").ToArray());
        Assert.Empty(headers.GetOnlyBytes("tracestate").ToArray());
        Assert.Empty(headers.GetOnlyBytes("twice").ToArray());
        Assert.Empty(headers.GetOnlyBytes("absent").ToArray());
    }
}
