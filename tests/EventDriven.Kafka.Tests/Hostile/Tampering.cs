using System.Text;
using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Hostile;

/// <summary>One thing that is done to a valid record; which, where and with what is told by numbers, so that FsCheck can draw and shrink them.</summary>
internal sealed record Tampering(int What, int Where, int With)
{
    /// <summary>The size of what is inflated rarely, and of the largest that the tests of sizes use.</summary>
    public const int Huge = 10_000_000;

    private const int Large = 20_000;

    private static readonly byte[] Meaningful = "{}[]\",:\\u0123456789abcdef-+.eE \n%;=/tfn"u8.ToArray();

    private static readonly string[] Texts =
    [
        "", " ", "null", "0", "-0", "-1", "+1", "00", "1e9", "0x10", "1.5", " 1", "1 ", "\u0661", "NaN", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "253402300799999", "253402300800000", "99999999999999999999999999999999", "1970-01-01T00:00:00.0000000Z", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00.0000000+14:00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-0000000000000000-00", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "claim", "parked", "step", "done", "redrive", "inventory", "billing", "orders", "inventory--orders--dlq", "../orders", "{00000000-0000-0000-0000-000000000000}",
        "application/json", "application/cloudevents+json", "application/cloudevents+json; charset=utf-16", "application/cloudevents-batch+json", "1.0", "0.3", "text/plain;charset=\"utf-8",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\"\\ud800\"", "1e400", "{\"$type\":\"System.IO.FileInfo\"}", "{\"$ref\":\"1\"}",
    ];

    private static readonly long[] Times = [-1, 0, 1, long.MinValue, long.MaxValue, 253_402_300_799_999, 253_402_300_800_000, -62_135_596_800_000, 1_700_000_000_000];

    public HostileRecord Apply(HostileRecord record, IReadOnlyList<string> names)
    {
        switch (What % 16)
        {
            case 0 or 1 or 2:
                return OnPart(record, bytes => Changed(bytes ?? [], What % 2 == 0 ? (byte)With : Meaningful[With % Meaningful.Length], With));

            case 3:
                return OnPart(record, bytes => bytes is { Length: > 0 } some ? some[..(With % some.Length)] : bytes);

            case 4:
                return OnPart(record, bytes => Encoding.UTF8.GetBytes(Texts[With % Texts.Length]));

            case 5:
                return OnPart(record, bytes => [.. (bytes ?? []).AsSpan(0, With % ((bytes?.Length ?? 0) + 1)), 0xC0, 0xAF, 0xED, 0xA0, 0x80, 0xFF, .. bytes ?? []]);

            case 6:
                return OnPart(record, _ => Noise(With));

            case 7:
                return OnPart(record, _ => null);

            case 8:
                return OnPart(record, bytes => [.. bytes ?? [], .. bytes ?? []]);

            case 9:
                return OnPart(record, bytes => Inflated(bytes, With % 2_500 == 0 ? Huge : 1 + (With % Large)));

            case 10:
                return OnHeaders(record, headers => headers.Add(new Header(names[Where % names.Count], Encoding.UTF8.GetBytes(Texts[With % Texts.Length]))));

            case 11:
                return OnHeaders(record, headers => headers.Add(new Header(With % 3 == 0 ? "" : With % 3 == 1 ? "\uD800\0 " : names[Where % names.Count].ToUpperInvariant(), Noise(With))));

            case 12:
                return OnHeaders(record, headers => headers.RemoveAt(Where % headers.Count), needsOne: true);

            case 13:
                return OnHeaders(record, headers => headers.Add(headers[With % headers.Count]), needsOne: true);

            case 14:
                return With % 50 == 0 ? OnHeaders(record, headers => headers.AddRange(Repeated(headers[Where % headers.Count])), needsOne: true) : record with { Value = record.Key, Key = record.Value };

            default:
                return record with { TimestampMs = With % 4 == 0 ? ((long)With << 32) ^ Where : Times[With % Times.Length] };
        }
    }

    public static byte[] Inflated(byte[]? bytes, int size)
    {
        var large = new byte[size];
        var unit = bytes is { Length: > 0 } ? bytes : [(byte)'['];
        for (var i = 0; i < size; i += unit.Length) unit.AsSpan(0, Math.Min(unit.Length, size - i)).CopyTo(large.AsSpan(i));
        return large;
    }

    /// <summary>Many times; no broker takes more than a few times what is huge.</summary>
    private static IEnumerable<IHeader> Repeated(IHeader header) => Enumerable.Repeat(header, Math.Clamp((4 * Huge) / Math.Max(1, header.GetValueBytes()?.Length ?? 0), 1, 2_000));

    private HostileRecord OnPart(HostileRecord record, Func<byte[]?, byte[]?> change)
    {
        var part = Where % (record.Headers.Count + 2);
        return part switch
        {
            0 => record with { Key = change(record.Key) },
            1 => record with { Value = change(record.Value) },
            _ => OnHeaders(record, headers => headers[part - 2] = new Header(headers[part - 2].Key, change(headers[part - 2].GetValueBytes()))),
        };
    }

    private static HostileRecord OnHeaders(HostileRecord record, Action<List<IHeader>> change, bool needsOne = false)
    {
        var headers = record.Headers.ToList();
        if (needsOne && headers.Count == 0) return record;

        change(headers);
        var changed = new Headers();
        foreach (var header in headers) changed.Add(header);
        return record with { Headers = changed };
    }

    private static byte[] Changed(byte[] bytes, byte to, int at)
    {
        if (bytes.Length == 0) return [to];

        var changed = bytes.ToArray();
        changed[at / 256 % changed.Length] = to;
        return changed;
    }

    private static byte[] Noise(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(80)];
        random.NextBytes(bytes);
        return bytes;
    }
}
