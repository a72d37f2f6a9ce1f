using System.Buffers.Text;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// The headers of one record by what they mean, found in one pass; nothing is copied. A name that is there twice counts as absent: nobody knows which is meant.
/// </summary>
internal ref struct ParkedFields
{
    private static readonly FrozenDictionary<string, Field> Names = new Dictionary<string, Field>(StringComparer.Ordinal)
    {
        [ParkedHeaders.Kind] = Field.Kind,
        [ParkedHeaders.Claim] = Field.Claim,
        [ParkedHeaders.Number] = Field.Number,
        [ParkedHeaders.ClaimId] = Field.ClaimId,
        [ParkedHeaders.PreviousClaim] = Field.PreviousClaim,
        [ParkedHeaders.AboutClaim] = Field.AboutClaim,
        [ParkedHeaders.AboutNumber] = Field.AboutNumber,
        [FailureHeaders.Group] = Field.Group,
        [FailureHeaders.OriginalTopic] = Field.OriginalTopic,
        [FailureHeaders.OriginalPartition] = Field.OriginalPartition,
        [FailureHeaders.OriginalOffset] = Field.OriginalOffset,
        [FailureHeaders.OriginalTimestamp] = Field.OriginalTimestamp,
        [FailureHeaders.Step] = Field.Step,
        [FailureHeaders.Attempts] = Field.Attempts,
        [FailureHeaders.DueAt] = Field.DueAt,
        [FailureHeaders.Redriven] = Field.Redriven,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private Values _values;
    private uint _seen;
    private uint _repeated;

    /// <summary>How many of the headers are none of these: the event's own, and what tells of its failure.</summary>
    public int Others { get; private set; }

    /// <summary>Finds the fields.</summary>
    public static ParkedFields Find(Headers? headers)
    {
        var fields = default(ParkedFields);
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var header = headers![i];
            if (FieldOf(header.Key) is not { } field)
            {
                fields.Others++;
                continue;
            }

            var bit = 1u << (int)field;
            fields._repeated |= fields._seen & bit;
            fields._seen |= bit;
            fields._values[(int)field] = header.GetValueBytes();
        }

        return fields;
    }

    /// <summary>Whether a header is one of these, so that it does not belong to the event.</summary>
    public static bool IsOne(string name) => FieldOf(name) is not null;

    /// <summary>The bytes of a field; empty where it is absent or there twice.</summary>
    public readonly ReadOnlySpan<byte> this[Field field] => IsSaidOnce(field) ? _values[(int)field] : default;

    public readonly bool IsPresent(Field field) => (_seen & (1u << (int)field)) != 0;

    /// <summary>A field as a whole number; null where it is anything else.</summary>
    public readonly long? NumberOf(Field field) =>
        this[field] is { IsEmpty: false } text && Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : null;

    private readonly bool IsSaidOnce(Field field) => (_seen & ~_repeated & (1u << (int)field)) != 0;

    private static Field? FieldOf(string name) =>
        name.StartsWith(FailureHeaders.Prefix, StringComparison.Ordinal) && Names.TryGetValue(name, out var field) ? field : null;

    /// <summary>What a header says.</summary>
    public enum Field
    {
        Kind,
        Claim,
        Number,
        ClaimId,
        PreviousClaim,
        AboutClaim,
        AboutNumber,
        Group,
        OriginalTopic,
        OriginalPartition,
        OriginalOffset,
        OriginalTimestamp,
        Step,
        Attempts,
        DueAt,
        Redriven,
    }

    [InlineArray((int)Field.Redriven + 1)]
    private struct Values
    {
        private byte[]? _first;
    }
}
