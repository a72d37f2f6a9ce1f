using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using Field = EventDriven.Kafka.Parking.ParkedFields.Field;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// Entries of one group and source topic as records of their parked topic and back. Reading never throws and allocates nothing that the record does not hold already:
/// what is not understood is <see cref="ParkedEntryKind.Unknown"/>, and a value beyond all reason is bounded. Thread-safe.
/// </summary>
/// <param name="group">The group.</param>
/// <param name="sourceTopic">The source topic: most entries name it, and share its string.</param>
internal sealed class ParkedEntryCodec(string group, string sourceTopic)
{
    /// <summary>A count of steps, attempts or redrives that is not believed beyond this.</summary>
    private const int MostCounted = 1_000_000;

    private static readonly ParkedEntry Unknown = new() { Kind = ParkedEntryKind.Unknown };

    private readonly byte[] _group = Encoding.UTF8.GetBytes(group);
    private readonly byte[] _sourceTopic = Encoding.UTF8.GetBytes(sourceTopic);

    /// <summary>All headers of an entry: the event's own and what tells of its failure, as they are, then ours.</summary>
    public Headers WriteHeaders(ParkedEntry entry)
    {
        var headers = HasHeaders(entry.Kind) ? WithoutOurs((Headers?)entry.Headers) : new Headers();
        switch (entry.Kind)
        {
            case ParkedEntryKind.Claim:
                FailureHeaders.Add(headers, ParkedHeaders.Kind, ParkedHeaders.KindClaim);
                headers.Add(FailureHeaders.Group, _group);
                FailureHeaders.Add(headers, ParkedHeaders.ClaimId, entry.ClaimId.ToString());
                if (entry.PreviousClaim is { } previous)
                {
                    FailureHeaders.Add(headers, ParkedHeaders.PreviousClaim, previous);
                }

                break;

            case ParkedEntryKind.Parked:
                FailureHeaders.Add(headers, ParkedHeaders.Kind, ParkedHeaders.KindParked);
                AddId(headers, entry.Id);
                AddEvent(headers, entry);
                AddProgress(headers, entry);
                break;

            case ParkedEntryKind.Step:
                FailureHeaders.Add(headers, ParkedHeaders.Kind, ParkedHeaders.KindStep);
                AddId(headers, entry.Id);
                AddAbout(headers, entry.About);
                AddProgress(headers, entry);
                break;

            case ParkedEntryKind.Done:
                FailureHeaders.Add(headers, ParkedHeaders.Kind, ParkedHeaders.KindDone);
                AddId(headers, entry.Id);
                AddAbout(headers, entry.About);
                break;

            case ParkedEntryKind.Redrive:
                FailureHeaders.Add(headers, ParkedHeaders.Kind, ParkedHeaders.KindRedrive);
                AddEvent(headers, entry);
                AddProgress(headers, entry);
                break;

            default:
                throw new ArgumentOutOfRangeException(nameof(entry), entry.Kind, "There is no such entry to write.");
        }

        return headers;
    }

    /// <summary>What a record says.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="timestampMs">When it was written, in milliseconds since the Unix epoch; negative where unknown.</param>
    public ParkedEntry Read(byte[]? key, byte[]? value, Headers? headers, long timestampMs)
    {
        var fields = ParkedFields.Find(headers);
        return KindOf(fields[Field.Kind]) switch
        {
            ParkedEntryKind.Claim => ReadClaim(fields),
            ParkedEntryKind.Parked when IdOf(fields) is { } id => ReadEvent(ParkedEntryKind.Parked, id, key, value, headers, fields, timestampMs),
            ParkedEntryKind.Redrive => ReadEvent(ParkedEntryKind.Redrive, default, key, value, headers, fields, timestampMs),
            ParkedEntryKind.Step when IdOf(fields) is { } id && AboutOf(fields) is { } about => new ParkedEntry
            {
                Kind = ParkedEntryKind.Step,
                Id = id,
                About = about,
                Headers = OwnOf(headers, fields),
                StepIndex = CountOf(fields, Field.Step, -1),
                Attempts = CountOf(fields, Field.Attempts, 0),
                DueAtMs = DueOf(fields, timestampMs),
            },
            ParkedEntryKind.Done when IdOf(fields) is { } id && AboutOf(fields) is { } about => new ParkedEntry { Kind = ParkedEntryKind.Done, Id = id, About = about },
            _ => Unknown,
        };
    }

    private ParkedEntry ReadClaim(in ParkedFields fields)
    {
        var text = fields[Field.ClaimId];
        if (!IsOurs(fields) || !Utf8Parser.TryParse(text, out Guid id, out var read, 'D') || read != text.Length)
        {
            return Unknown;
        }

        // A damaged predecessor is not the same as none.
        var previous = fields.NumberOf(Field.PreviousClaim);
        return fields.IsPresent(Field.PreviousClaim) && previous is not >= 0
            ? Unknown
            : new ParkedEntry { Kind = ParkedEntryKind.Claim, ClaimId = id, PreviousClaim = previous };
    }

    private ParkedEntry ReadEvent(
        ParkedEntryKind kind, EntryId id, byte[]? key, byte[]? value, Headers? headers, in ParkedFields fields, long timestampMs)
    {
        if (!IsOurs(fields) || TopicOf(fields[Field.OriginalTopic]) is not { } topic
            || fields.NumberOf(Field.OriginalPartition) is not (>= 0 and <= int.MaxValue and var partition)
            || fields.NumberOf(Field.OriginalOffset) is not (>= 0 and var offset))
        {
            return Unknown;
        }

        return new ParkedEntry
        {
            Kind = kind,
            Id = id,
            Key = key,
            Value = value,
            Headers = OwnOf(headers, fields),
            OriginalPartition = new PartitionId(topic, (int)partition),
            OriginalOffset = offset,
            OriginalTimestampMs = Math.Max(fields.NumberOf(Field.OriginalTimestamp) ?? -1, -1),
            StepIndex = CountOf(fields, Field.Step, -1),
            Attempts = CountOf(fields, Field.Attempts, 0),
            DueAtMs = DueOf(fields, timestampMs),
            Redriven = CountOf(fields, Field.Redriven, 0),
        };
    }

    private static ParkedEntryKind KindOf(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("parked"u8) ? ParkedEntryKind.Parked
        : text.SequenceEqual("done"u8) ? ParkedEntryKind.Done
        : text.SequenceEqual("step"u8) ? ParkedEntryKind.Step
        : text.SequenceEqual("claim"u8) ? ParkedEntryKind.Claim
        : text.SequenceEqual("redrive"u8) ? ParkedEntryKind.Redrive
        : ParkedEntryKind.Unknown;

    private bool IsOurs(in ParkedFields fields) => fields[Field.Group].SequenceEqual(_group);

    private string? TopicOf(ReadOnlySpan<byte> text) =>
        text.SequenceEqual(_sourceTopic) ? sourceTopic
        : text.IsEmpty || text.Length > DerivedTopics.MaxLength || !Utf8.IsValid(text) ? null
        : Encoding.UTF8.GetString(text);

    private static EntryId? IdOf(in ParkedFields fields) =>
        fields.NumberOf(Field.Claim) is >= 0 and var claim && fields.NumberOf(Field.Number) is >= 1 and <= int.MaxValue and var number ? new EntryId(claim, (int)number) : null;

    private static EntryId? AboutOf(in ParkedFields fields) =>
        fields.NumberOf(Field.AboutClaim) is >= 0 and var claim && fields.NumberOf(Field.AboutNumber) is >= 0 and <= int.MaxValue and var number
            ? new EntryId(claim, (int)number)
            : null;

    private static int CountOf(in ParkedFields fields, Field field, int least) => (int)Math.Clamp(fields.NumberOf(field) ?? least, least, MostCounted);

    /// <summary>No step waits for longer than the longest delay there is, counted from when it was written: a due time beyond it would hold its key without end.</summary>
    private static long DueOf(in ParkedFields fields, long timestampMs)
    {
        var due = Math.Max(fields.NumberOf(Field.DueAt) ?? 0, 0);
        var longest = (long)RetryDelay.Longest.TotalMilliseconds;

        // A time of writing at the end of all times adds nothing that could be compared.
        return timestampMs < 0 || timestampMs > long.MaxValue - longest ? due : Math.Min(due, timestampMs + longest);
    }

    private static bool HasHeaders(ParkedEntryKind kind) => kind is ParkedEntryKind.Parked or ParkedEntryKind.Step or ParkedEntryKind.Redrive;

    private static Headers? OwnOf(Headers? headers, in ParkedFields fields) => fields.Others == 0 ? null : fields.Others == headers!.Count ? headers : WithoutOurs(headers);

    private static Headers WithoutOurs(Headers? headers)
    {
        var own = new Headers();
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var header = headers![i];
            if (!ParkedFields.IsOne(header.Key))
            {
                own.Add(header);
            }
        }

        return own;
    }

    private static void AddId(Headers headers, EntryId id)
    {
        FailureHeaders.Add(headers, ParkedHeaders.Claim, id.Claim);
        FailureHeaders.Add(headers, ParkedHeaders.Number, id.Number);
    }

    private static void AddAbout(Headers headers, EntryId about)
    {
        FailureHeaders.Add(headers, ParkedHeaders.AboutClaim, about.Claim);
        FailureHeaders.Add(headers, ParkedHeaders.AboutNumber, about.Number);
    }

    private void AddEvent(Headers headers, ParkedEntry entry)
    {
        headers.Add(FailureHeaders.Group, _group);
        FailureHeaders.Add(headers, FailureHeaders.OriginalTopic, entry.OriginalPartition.Topic);
        FailureHeaders.Add(headers, FailureHeaders.OriginalPartition, entry.OriginalPartition.Partition);
        FailureHeaders.Add(headers, FailureHeaders.OriginalOffset, entry.OriginalOffset);
        AddUnless(headers, FailureHeaders.OriginalTimestamp, entry.OriginalTimestampMs, -1);
        AddUnless(headers, FailureHeaders.Redriven, entry.Redriven, 0);
    }

    private static void AddProgress(Headers headers, ParkedEntry entry)
    {
        AddUnless(headers, FailureHeaders.Step, entry.StepIndex, -1);
        AddUnless(headers, FailureHeaders.Attempts, entry.Attempts, 0);
        AddUnless(headers, FailureHeaders.DueAt, entry.DueAtMs, 0);
    }

    /// <summary>What goes without saying is not written: fewer headers are read faster.</summary>
    private static void AddUnless(Headers headers, string name, long value, long unsaid)
    {
        if (value != unsaid)
        {
            FailureHeaders.Add(headers, name, value);
        }
    }
}
