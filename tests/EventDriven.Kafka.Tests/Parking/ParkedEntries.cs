using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Entries for tests, and how to compare them.</summary>
internal static class ParkedEntries
{
    public static ParkedEntry Claim(long? previous = null) => new() { Kind = ParkedEntryKind.Claim, ClaimId = Guid.NewGuid(), PreviousClaim = previous };

    public static ParkedEntry Parked(long claim, int number, string key, string value = "v") => new()
    {
        Kind = ParkedEntryKind.Parked,
        Id = new EntryId(claim, number),
        Key = Encoding.UTF8.GetBytes(key),
        Value = Encoding.UTF8.GetBytes(value),
        OriginalPartition = new PartitionId("orders", 0),
        OriginalOffset = number,
        OriginalTimestampMs = 1,
    };

    public static ParkedEntry Done(long claim, int number, EntryId about) => new() { Kind = ParkedEntryKind.Done, Id = new EntryId(claim, number), About = about };

    /// <summary>Everything that an entry says, byte for byte.</summary>
    public static string Describe(ParkedEntry entry) => string.Join(
        '|',
        entry.Kind, entry.Id, entry.ClaimId, entry.PreviousClaim, entry.About, Hex(entry.Key), Hex(entry.Value),
        string.Join(',', ((Headers?)entry.Headers ?? []).Select(static header => $"{header.Key}={Hex(header.GetValueBytes())}")),
        entry.OriginalPartition, entry.OriginalOffset, entry.OriginalTimestampMs, entry.StepIndex, entry.Attempts, entry.DueAtMs, entry.Redriven);

    /// <summary>An entry with a bit of everything.</summary>
    public static ParkedEntry Random(Random random)
    {
        var kind = (ParkedEntryKind)random.Next((int)ParkedEntryKind.Claim, (int)ParkedEntryKind.Redrive + 1);
        var isOwners = kind is ParkedEntryKind.Parked or ParkedEntryKind.Step or ParkedEntryKind.Done;
        var hasEvent = kind is ParkedEntryKind.Parked or ParkedEntryKind.Redrive;
        var hasProgress = hasEvent || kind == ParkedEntryKind.Step;
        return new ParkedEntry
        {
            Kind = kind,
            Id = isOwners ? new EntryId(random.NextInt64(long.MaxValue), random.Next(1, int.MaxValue)) : default,
            ClaimId = kind == ParkedEntryKind.Claim ? Guid.NewGuid() : default,
            PreviousClaim = kind == ParkedEntryKind.Claim && random.Next(2) == 0 ? random.NextInt64(long.MaxValue) : null,
            About = kind is ParkedEntryKind.Step or ParkedEntryKind.Done ? new EntryId(random.NextInt64(long.MaxValue), random.Next(0, int.MaxValue)) : default,
            Key = hasEvent ? Bytes(random) : null,
            Value = hasEvent ? Bytes(random) : null,
            Headers = hasProgress ? HeadersOf(random) : null,
            OriginalPartition = hasEvent ? new PartitionId(random.Next(2) == 0 ? "orders" : "größere-bestellungen", random.Next()) : default,
            OriginalOffset = hasEvent ? random.NextInt64(long.MaxValue) : -1,
            OriginalTimestampMs = hasEvent ? random.NextInt64(-1, long.MaxValue) : -1,
            StepIndex = hasProgress ? random.Next(-1, 10) : -1,
            Attempts = hasProgress ? random.Next(0, 1_000_000) : 0,
            DueAtMs = hasProgress ? random.NextInt64(0, 1_000_000) : 0,
            Redriven = hasEvent ? random.Next(0, 3) : 0,
        };
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);

    private static byte[]? Bytes(Random random)
    {
        if (random.Next(5) == 0) return null;

        var bytes = new byte[random.Next(0, 20)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static Headers? HeadersOf(Random random)
    {
        var count = random.Next(0, 6);
        if (count == 0) return null;

        string[] names = ["ce_id", "traceparent", "", "Ünïcode", "eventdriven-failure-class", "eventdriven-exception-message", "eventdriven-parkedkind"];
        var headers = new Headers();
        for (var i = 0; i < count; i++) headers.Add(names[random.Next(names.Length)] + (random.Next(2) == 0 ? "" : i.ToString(CultureInfo.InvariantCulture)), Bytes(random));
        return headers;
    }
}
