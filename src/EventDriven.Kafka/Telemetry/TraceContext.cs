using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace EventDriven.Kafka.Telemetry;

/// <summary>
/// Trace context in the headers of records, as W3C Trace Context writes it. Whatever is not as the recommendation says is as if it were not there: a
/// header that somebody else wrote never fails an event.
/// </summary>
internal static class TraceContext
{
    public const string Parent = "traceparent";
    public const string State = "tracestate";

    /// <summary>The length of a <c>traceparent</c> of version 00.</summary>
    public const int ParentLength = 55;

    /// <summary>The longest <c>tracestate</c> that is read: what the recommendation asks to be carried at least.</summary>
    private const int LongestState = 512;

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Reads a context.</summary>
    /// <param name="parent">The only header <c>traceparent</c> of a record; empty where it has none or several.</param>
    /// <param name="state">The only header <c>tracestate</c> of a record; empty where it has none or several.</param>
    /// <returns>The context; the default where there is none.</returns>
    public static ActivityContext Read(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> state)
    {
        // version "-" trace-id "-" parent-id "-" flags, and from version 01 on possibly more behind another "-"
        if (parent.Length < ParentLength || parent[2] != '-' || parent[35] != '-' || parent[52] != '-') return default;

        var version = parent[..2];
        var trace = parent.Slice(3, 32);
        var span = parent.Slice(36, 16);
        var flags = parent.Slice(53, 2);
        if (!IsHex(version) || version.SequenceEqual("ff"u8)) return default;
        if (parent.Length > ParentLength && (version.SequenceEqual("00"u8) || parent[ParentLength] != '-' || parent.Length > LongestState)) return default;
        if (!IsHex(flags) || !IsId(trace) || !IsId(span)) return default;

        var recorded = (Digit(flags[1]) & (int)ActivityTraceFlags.Recorded) != 0;
        return new ActivityContext(
            ActivityTraceId.CreateFromUtf8String(trace),
            ActivitySpanId.CreateFromUtf8String(span),
            recorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
            IsState(state) ? Encoding.ASCII.GetString(state) : null,
            isRemote: true);
    }

    /// <summary>Writes the <c>traceparent</c> of a span.</summary>
    /// <param name="span">The span, with an id of W3C.</param>
    /// <param name="parent">At least <see cref="ParentLength"/> long.</param>
    public static void Write(Activity span, Span<byte> parent)
    {
        "00-"u8.CopyTo(parent);
        Encoding.ASCII.GetBytes(span.TraceId.ToHexString(), parent[3..]);
        parent[35] = (byte)'-';
        Encoding.ASCII.GetBytes(span.SpanId.ToHexString(), parent[36..]);
        (span.Recorded ? "-01"u8 : "-00"u8).CopyTo(parent[52..]);
    }

    private static bool IsHex(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(LowerHex);

    /// <summary>An id of zeros alone is none.</summary>
    private static bool IsId(ReadOnlySpan<byte> text) => IsHex(text) && text.ContainsAnyExcept((byte)'0');

    private static bool IsState(ReadOnlySpan<byte> state) => state.Length is > 0 and <= LongestState && !state.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : hex - 'a' + 10;
}
