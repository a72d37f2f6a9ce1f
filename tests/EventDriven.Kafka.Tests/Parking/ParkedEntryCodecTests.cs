using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Entries of parked logs as records: a public format.</summary>
public sealed class ParkedEntryCodecTests
{
    private const long Written = 1_700_000_000_000;

    private static readonly string[] Names =
    [
        ParkedHeaders.Kind, ParkedHeaders.Claim, ParkedHeaders.Number, ParkedHeaders.ClaimId, ParkedHeaders.PreviousClaim, ParkedHeaders.AboutClaim, ParkedHeaders.AboutNumber,
        FailureHeaders.Group, FailureHeaders.OriginalTopic, FailureHeaders.OriginalPartition, FailureHeaders.OriginalOffset, FailureHeaders.OriginalTimestamp,
        FailureHeaders.Step, FailureHeaders.Attempts, FailureHeaders.DueAt, FailureHeaders.Redriven,
    ];

    private static readonly string[] Hostile =
    [
        "", "abc", "-1", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "1e9", "0x10", " 1", "1 ", "+1", "1.5", "\u0661",
        "claim", "parked", "step", "done", "redrive", "CLAIM", "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "00000000000000000000000000000000",
        "orders", "inventory", "0", "1", "253402300799999",
    ];

    private readonly ParkedEntryCodec _codec = new("inventory", "orders");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_entry_is_read_as_it_was_written(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var entry = ParkedEntries.Random(random);

            var read = _codec.Read(entry.Key, entry.Value, _codec.WriteHeaders(entry), Written);

            Assert.Equal(ParkedEntries.Describe(entry), ParkedEntries.Describe(read));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_a_record_holds_reading_it_neither_throws_nor_says_what_nobody_could_mean(int seed)
    {
        var random = new Random(seed);
        var understood = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var headers = Mangle(_codec.WriteHeaders(ParkedEntries.Random(random)), random);

            var read = _codec.Read([1], [2], headers, random.Next(2) == 0 ? -1 : Written);

            understood += read.Kind == ParkedEntryKind.Unknown ? 0 : 1;
            Assert.True(Enum.IsDefined(read.Kind));
            Assert.True(read.Id.Claim >= 0 && read.Id.Number >= 0 && read.About.Claim >= 0 && read.About.Number >= 0, ParkedEntries.Describe(read));
            Assert.True(read.PreviousClaim is null or >= 0);
            Assert.InRange(read.StepIndex, -1, 1_000_000);
            Assert.InRange(read.Attempts, 0, 1_000_000);
            Assert.InRange(read.Redriven, 0, 1_000_000);
            Assert.True(read.DueAtMs >= 0 && read.OriginalTimestampMs >= -1);
            if (read.Kind is ParkedEntryKind.Parked or ParkedEntryKind.Redrive)
            {
                Assert.True(read.OriginalOffset >= 0 && read.OriginalPartition.Partition >= 0 && read.OriginalPartition.Topic.Length is > 0 and <= DerivedTopics.MaxLength);
            }

            if (read.Kind is ParkedEntryKind.Parked or ParkedEntryKind.Step or ParkedEntryKind.Done) Assert.True(read.Id.Number >= 1);
        }

        Assert.InRange(understood, 1_000, 49_000);
    }

    [Fact]
    public void Records_of_others_say_nothing()
    {
        Assert.Equal(ParkedEntryKind.Unknown, _codec.Read([1], [2], null, Written).Kind);
        Assert.Equal(ParkedEntryKind.Unknown, _codec.Read(null, null, new Headers(), Written).Kind);
        Assert.Equal(ParkedEntryKind.Unknown, _codec.Read(null, null, Texts((ParkedHeaders.Kind, "new-kind")), Written).Kind);
        Assert.Equal(ParkedEntryKind.Unknown, Read(new ParkedEntryCodec("billing", "orders").WriteHeaders(ParkedEntries.Claim())).Kind);
        Assert.Equal(ParkedEntryKind.Unknown, Read(new ParkedEntryCodec("billing", "orders").WriteHeaders(ParkedEntries.Parked(1, 1, "k"))).Kind);
    }

    [Fact]
    public void A_field_that_is_there_twice_is_none()
    {
        var parked = _codec.WriteHeaders(ParkedEntries.Parked(5, 7, "k") with { Attempts = 3 });
        parked.Add(FailureHeaders.Attempts, "4"u8.ToArray());
        Assert.Equal((ParkedEntryKind.Parked, 0), (Read(parked).Kind, Read(parked).Attempts));

        parked.Add(ParkedHeaders.Number, "8"u8.ToArray());
        Assert.Equal(ParkedEntryKind.Unknown, Read(parked).Kind);
    }

    [Fact]
    public void A_claim_whose_predecessor_is_damaged_is_not_one_that_names_none()
    {
        Assert.Equal(ParkedEntryKind.Unknown, Read(With("x")).Kind);
        Assert.Equal(ParkedEntryKind.Unknown, Read(With("-1")).Kind);
        Assert.Equal(ParkedEntryKind.Unknown, Read(With(null)).Kind);
        Assert.Equal(9, Read(With("9")).PreviousClaim);

        Headers With(string? previous)
        {
            var headers = _codec.WriteHeaders(ParkedEntries.Claim());
            headers.Add(ParkedHeaders.PreviousClaim, previous is null ? null : Encoding.UTF8.GetBytes(previous));
            return headers;
        }
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("253402300799999")]
    public void No_due_time_is_further_away_than_the_longest_delay(string due)
    {
        var headers = _codec.WriteHeaders(ParkedEntries.Parked(5, 7, "k"));
        headers.Add(FailureHeaders.DueAt, Encoding.UTF8.GetBytes(due));

        Assert.Equal(Written + (long)TimeSpan.FromDays(30).TotalMilliseconds, Read(headers).DueAtMs);
    }

    [Fact]
    public void What_a_failed_event_says_of_its_failure_is_kept_and_what_the_entry_says_is_not_there_twice()
    {
        var record = new ConsumedRecord
        {
            Topic = "orders", Partition = 3, Offset = 42, TimestampMs = 7, Key = [1], Value = [2], Headers = Texts(("ce_id", "a"), ("ce_id", "b"), (FailureHeaders.Attempts, "99")),
        };
        var failure = new EventFailure { Class = FailureClass.Transient, Error = new InvalidOperationException("poison"), Attempts = 4, FailedAt = DateTimeOffset.UnixEpoch };
        var entry = ParkedEntries.Parked(5, 7, "k") with { Headers = FailureHeaders.Write(record, "inventory", failure, withMessage: true, withStack: false), Attempts = 4 };

        var written = _codec.WriteHeaders(entry);
        var read = Read(written);

        Assert.Equal(written.Count, written.Select(static header => header.Key).Distinct().Count() + 1);
        Assert.Equal(
            ["ce_id", "ce_id", FailureHeaders.FailureClass, FailureHeaders.ExceptionType, FailureHeaders.ExceptionMessage, FailureHeaders.FailedAt],
            ((Headers)read.Headers!).Select(static header => header.Key));
        Assert.Equal(4, read.Attempts);
        Assert.Equal("4", FailureHeaders.TextOf(written, FailureHeaders.Attempts));
    }

    [Fact]
    public void The_format_is_text_that_any_tool_can_read()
    {
        var entry = ParkedEntries.Parked(5, 7, "k") with { StepIndex = 1, Attempts = 4, DueAtMs = 123, Redriven = 2 };
        var step = new ParkedEntry { Kind = ParkedEntryKind.Step, Id = new EntryId(5, 8), About = new EntryId(5, 7), StepIndex = 2, Attempts = 8, DueAtMs = 456 };
        var claim = new ParkedEntry { Kind = ParkedEntryKind.Claim, ClaimId = Guid.Empty, PreviousClaim = 5 };

        Assert.Equal(
            "parked-kind=parked parked-claim=5 parked-number=7 group=inventory original-topic=orders original-partition=0 original-offset=7 original-timestamp=1 redriven=2 step=1 attempts=4 due-at=123",
            Show(entry));
        Assert.Equal("parked-kind=step parked-claim=5 parked-number=8 parked-about-claim=5 parked-about-number=7 step=2 attempts=8 due-at=456", Show(step));
        Assert.Equal("parked-kind=done parked-claim=5 parked-number=9 parked-about-claim=3 parked-about-number=0", Show(ParkedEntries.Done(5, 9, EntryId.OfRedrive(3))));
        Assert.Equal("parked-kind=claim group=inventory parked-claim-id=00000000-0000-0000-0000-000000000000 parked-previous-claim=5", Show(claim));
        Assert.Equal(
            "parked-kind=redrive group=inventory original-topic=orders original-partition=0 original-offset=7 original-timestamp=1",
            Show(ParkedEntries.Parked(0, 7, "k") with { Kind = ParkedEntryKind.Redrive }));
    }

    [Fact]
    public void Reading_an_entry_allocates_the_entry_alone()
    {
        var parked = _codec.WriteHeaders(ParkedEntries.Parked(5, 7, "k") with { StepIndex = 1, Attempts = 4, DueAtMs = 123 });
        _ = Read(parked);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++) _ = Read(parked);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 1, 240);
    }

    private static Headers Mangle(Headers headers, Random random)
    {
        var mangled = new Headers();
        foreach (var header in headers)
        {
            var times = random.Next(30) == 0 ? random.Next(0, 3) : 1;
            for (var i = 0; i < times; i++) mangled.Add(header.Key, random.Next(8) == 0 ? Garbage(random) : header.GetValueBytes());
        }

        if (random.Next(4) == 0) mangled.Add(Names[random.Next(Names.Length)], Garbage(random));
        return mangled;
    }

    private static byte[]? Garbage(Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return null;

            case 1:
                var bytes = new byte[random.Next(0, 64)];
                random.NextBytes(bytes);
                return bytes;

            case 2 when random.Next(50) == 0:
                return new byte[1_000_000];

            default:
                return Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]);
        }
    }

    private static Headers Texts(params (string Name, string Value)[] texts)
    {
        var headers = new Headers();
        foreach (var (name, value) in texts) headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }

    private string Show(ParkedEntry entry) => string.Join(
        ' ', _codec.WriteHeaders(entry).Select(static header => $"{header.Key[FailureHeaders.Prefix.Length..]}={Encoding.UTF8.GetString(header.GetValueBytes())}"));

    private ParkedEntry Read(Headers headers) => _codec.Read([1], [2], headers, Written);
}
