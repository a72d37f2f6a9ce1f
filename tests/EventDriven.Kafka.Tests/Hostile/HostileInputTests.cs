using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.DeadLetters;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Tests.Parking;
using EventDriven.Kafka.Tests.Pipeline;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Config = FsCheck.Config;
using Outcome = EventDriven.Kafka.Consuming.Outcome;

namespace EventDriven.Kafka.Tests.Hostile;

/// <summary>
/// Everything that reads bytes which others may have written, with records of every kind that were tampered with: no exception but the one that the policy knows, no more memory
/// than a small multiple of what came, no more time than it takes to look at it. <c>EVENTDRIVEN_FUZZ=10000000</c> in the environment is how many records are tried in all.
/// </summary>
public sealed class HostileInputTests : IAsyncDisposable
{
    private const int Usually = 250_000;

    /// <summary>Long enough for a machine that does a lot of other things; what takes more than the time in proportion to 10 MB takes hours.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    /// <summary>What an exception with its stack, its texts and a few objects take at most, whatever came.</summary>
    private const long AlwaysAllowed = 64 * 1024;

    private static readonly Gen<Tampering> s_tampering =
        from what in Gen.Choose(0, int.MaxValue - 1)
        from @where in Gen.Choose(0, int.MaxValue - 1)
        from with in Gen.Choose(0, int.MaxValue - 1)
        select new Tampering(what, @where, with);

    private static readonly Gen<(int Seed, Tampering[] Tamperings)> s_case =
        from seed in Gen.Choose(0, HostileSeeds.All.Count - 1)
        from count in Gen.Choose(1, 6)
        from tamperings in s_tampering.ArrayOf(count)
        select (seed, tamperings);

    private readonly RetryTopics _retryTopics = new(new FailureTopics("inventory"), "inventory", [new RetryDelay(TimeSpan.FromMinutes(1))], ["retry-1m"]);
    private readonly RetryTopic _retryTopic = new("inventory--orders--retry-1m", HostileRecord.Topic, new RetryDelay(TimeSpan.FromMinutes(1)), 0, IsOld: false);
    private readonly ParkedEntryCodec _codec = new("inventory", HostileRecord.Topic);
    private readonly JsonEventSerializer<HostileEvent> _json = new((System.Text.Json.Serialization.Metadata.JsonTypeInfo<HostileEvent>)new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(), Converters = { new JsonStringEnumConverter() },
    }.GetTypeInfo(typeof(HostileEvent)));

    private readonly PipelineBench _structured = Bench(c => c.Handle<byte[]>((_, context, _) => Look(context)));
    private readonly PipelineBench _routed = Bench(c => c
        .Handle<string>((_, context, _) => Look(context))
        .Handle<HostileLine>((_, context, _) => Look(context))
        .EventType<string>("com.example.placed").Key<string>());

    /// <summary>Each reads a record, and answers with what looks at what it has read.</summary>
    private readonly Dictionary<string, Func<HostileRecord, Action?>> _targets;

    private bool _isWarm;
    private long _most;
    private double _mostOfInput;
    private TimeSpan _slowest;

    public HostileInputTests() => _targets = new(StringComparer.Ordinal)
    {
        ["failure headers"] = ReadFailureHeaders,
        ["headers of retry topics"] = ReadRetryHeaders,
        ["parked entries"] = ReadParkedEntry,
        ["a failed event handed over"] = HandOver,
        ["trace context"] = ReadTraceContext,
        ["keys"] = ReadKeys,
        ["JSON events"] = ReadJson,
        ["structured CloudEvents"] = record => Process(_structured, record),
        ["events of several types"] = record => Process(_routed, record),
    };

    public static TheoryData<string> Targets =>
        ["failure headers", "headers of retry topics", "parked entries", "a failed event handed over", "trace context", "keys", "JSON events", "structured CloudEvents", "events of several types"];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Whatever_others_write_is_read_or_refused_in_bounded_time_and_memory(string target)
    {
        var all = long.Parse(Environment.GetEnvironmentVariable("EVENTDRIVEN_FUZZ") ?? Usually.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var times = (int)Math.Max(1, all / Targets.Count);
        var watch = Stopwatch.StartNew();

        Prop.ForAll(Arb.From(s_case, Shrink), @case => Try(target, Make(@case))).Check(Config.QuickThrowOnFailure.WithMaxTest(times));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{target}: {times:N0} records in {watch.Elapsed.TotalSeconds:F1} s; the most memory for one {_most:N0} bytes, {_mostOfInput:F1} times its size beyond {AlwaysAllowed / 1024} KiB; the longest {_slowest.TotalMilliseconds:F0} ms");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void What_ends_at_any_byte_is_read_or_refused(string target)
    {
        foreach (var seed in HostileSeeds.All)
        {
            for (var end = 0; end < (seed.Key?.Length ?? 0); end++) Try(target, seed with { Key = seed.Key![..end] });
            for (var end = 0; end < (seed.Value?.Length ?? 0); end++) Try(target, seed with { Value = seed.Value![..end] });
            for (var i = 0; i < seed.Headers.Count; i++)
            {
                var bytes = seed.Headers[i].GetValueBytes() ?? [];
                for (var end = 0; end < bytes.Length; end++) Try(target, seed with { Headers = Replace(seed.Headers, i, bytes[..end]) });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Ten_megabytes_in_any_part_are_read_or_refused(string target)
    {
        foreach (var seed in HostileSeeds.All.Where(static (_, i) => i % 11 == 0))
        {
            Try(target, seed with { Key = Tampering.Inflated(seed.Key, Tampering.Huge) });
            Try(target, seed with { Value = Tampering.Inflated(seed.Value, Tampering.Huge) });
            Try(target, seed with { Value = Tampering.Inflated("["u8.ToArray(), Tampering.Huge) });
            for (var i = 0; i < seed.Headers.Count; i++) Try(target, seed with { Headers = Replace(seed.Headers, i, Tampering.Inflated("9"u8.ToArray(), Tampering.Huge)) });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _structured.DisposeAsync();
        await _routed.DisposeAsync();
    }

    private static HostileRecord Make((int Seed, Tampering[] Tamperings) @case) =>
        @case.Tamperings.Aggregate(HostileSeeds.All[@case.Seed], static (record, tampering) => tampering.Apply(record, HostileSeeds.Names));

    /// <summary>Fewer tamperings tell more.</summary>
    private static IEnumerable<(int Seed, Tampering[] Tamperings)> Shrink((int Seed, Tampering[] Tamperings) @case) =>
        @case.Tamperings.Length <= 1 ? [] : @case.Tamperings.Select((_, left) => (@case.Seed, @case.Tamperings.Where((_, i) => i != left).ToArray()));

    private void Try(string target, HostileRecord record)
    {
        var read = _targets[target];
        if (!_isWarm)
        {
            // What is made once, such as the code that reads an event type, is not of a record.
            _isWarm = true;
            foreach (var seed in HostileSeeds.All) read(seed);
        }

        var size = record.Size;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        Action? check;
        try
        {
            check = read(record);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{target}: {exception.GetType().Name} for a record {record}", exception);
        }

        var spent = Stopwatch.GetElapsedTime(began);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        // A text takes two bytes for each of the record's, and is there a few times; a list of small objects takes more than its JSON.
        long times = target is "JSON events" ? 64 : 16;
        Assert.True(allocated <= AlwaysAllowed + (times * size), $"{target}: {allocated:N0} bytes for a record of {size:N0}, {record}");
        Assert.True(spent < s_longest, $"{target}: {spent} for a record of {size:N0} bytes, {record}");
        _most = Math.Max(_most, allocated);
        _mostOfInput = Math.Max(_mostOfInput, (allocated - AlwaysAllowed) / (double)Math.Max(1, size));
        if (spent > _slowest) _slowest = spent;
        check?.Invoke();
    }

    private static Action ReadFailureHeaders(HostileRecord record)
    {
        var origin = FailureHeaders.Read(record.Headers);
        var letter = DeadLetterReader.Read(record.ToResult());
        return () =>
        {
            if (origin is not null) AssertPossible(origin);
            Assert.InRange(letter.Attempts, 0, FailureHeaders.MostAttempts);
            Assert.InRange(letter.Redriven, 0, FailureHeaders.MostAttempts);
            Assert.True(letter.OriginalPartition is null or >= 0 && letter.OriginalOffset is null or >= 0);
        };
    }

    private Action? ReadRetryHeaders(HostileRecord record)
    {
        if (_retryTopics.Read(record.ToConsumed(_retryTopic.Name), _retryTopic, TimeProvider.System) is not { } origin)
        {
            return null;
        }

        return () =>
        {
            AssertPossible(origin);
            Assert.Equal(HostileRecord.Topic, origin.Source);
            if (origin.DueAt is { } due)
            {
                var wait = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                Assert.InRange(wait, -RetryDelay.Longest - TimeSpan.FromMinutes(1), _retryTopic.Delay.Time);
            }
        };
    }

    private Action ReadParkedEntry(HostileRecord record)
    {
        var entry = _codec.Read(record.Key, record.Value, record.Headers, record.TimestampMs);
        var verdict = new ParkedLogReader().Judge(new ParkedLogRecord(42, record.TimestampMs, 0, entry));
        return () =>
        {
            Assert.True(Enum.IsDefined(entry.Kind));
            Assert.True(entry.Id.Claim >= 0 && entry.Id.Number >= 0 && entry.About.Claim >= 0 && entry.About.Number >= 0 && entry.PreviousClaim is null or >= 0, ParkedEntries.Describe(entry));
            Assert.InRange(entry.DueAtMs, 0, long.MaxValue);
            Assert.InRange(entry.OriginalTimestampMs, -1, long.MaxValue);
            Assert.InRange(entry.StepIndex, -1, FailureHeaders.MostAttempts);
            Assert.InRange(entry.Attempts, 0, FailureHeaders.MostAttempts);
            if (entry.Kind is ParkedEntryKind.Parked or ParkedEntryKind.Redrive) Assert.True(entry.OriginalOffset >= 0 && entry.OriginalPartition.Partition >= 0);

            Assert.True(verdict is ParkedVerdict.Void || entry.Kind is ParkedEntryKind.Claim or ParkedEntryKind.Redrive);

            // What was understood is written again as it was read.
            if (entry.Kind is not ParkedEntryKind.Unknown && record.Size < 100_000)
            {
                Assert.Equal(ParkedEntries.Describe(entry), ParkedEntries.Describe(_codec.Read(entry.Key, entry.Value, _codec.WriteHeaders(entry), record.TimestampMs)));
            }
        };
    }

    private static Action HandOver(HostileRecord record)
    {
        var failure = new EventFailure { Class = FailureClass.Transient, Error = new InvalidOperationException("poison"), Attempts = 4, FailedAt = DateTimeOffset.UnixEpoch };

        var headers = FailureHeaders.Write(record.ToConsumed(origin: FailureHeaders.Read(record.Headers)), "inventory", failure, withMessage: true, withStack: true, withSpringHeaders: true);

        return () =>
        {
            var ours = headers.Where(static header => header.Key.StartsWith(FailureHeaders.Prefix, StringComparison.Ordinal)).ToList();
            Assert.Equal(ours.Count, ours.Select(static header => header.Key).Distinct().Count());
            Assert.InRange(ours.Sum(static header => header.Key.Length + header.GetValueBytes().Length), 1, FailureHeaders.Room + FailureHeaders.RoomOfDiagnostics);
            Assert.NotNull(FailureHeaders.Read(headers));
        };
    }

    private static Action ReadTraceContext(HostileRecord record)
    {
        var context = EventPipeline.CreationContextOf(record.ToConsumed());
        return () => Assert.True(context == default || (context.TraceId != default && context.SpanId != default && context.TraceState is null or { Length: > 0 and <= 512 }));
    }

    private static Action? ReadKeys(HostileRecord record)
    {
        foreach (var bytes in new[] { record.Key, record.Value })
        {
            Read<string>(bytes);
            Read<byte[]>(bytes);
            Read<ReadOnlyMemory<byte>>(bytes);
            Read<Guid>(bytes);
            Read<short>(bytes);
            Read<int>(bytes);
            Read<long>(bytes);
            Read<float>(bytes);
            Read<double>(bytes);
        }

        return null;

        static void Read<T>(byte[]? bytes) => Refusing(() => KeySerializers.TryGet<T>()!.DeserializeAsync(bytes, new EventSerializationContext(HostileRecord.Topic, EventComponent.Key, []), default).AsTask());
    }

    private Action? ReadJson(HostileRecord record)
    {
        Refusing(() => _json.DeserializeAsync(record.Value, new EventSerializationContext(HostileRecord.Topic, EventComponent.Value, []), default).AsTask());
        return null;
    }

    private static void Refusing(Func<Task> read)
    {
        try
        {
            var reading = read();
            Assert.True(reading.IsCompletedSuccessfully);
        }
        catch (EventSerializationException refused)
        {
            Assert.InRange(refused.Message.Length, 1, 2_000);
        }
    }

    private static Action? Process(PipelineBench bench, HostileRecord record)
    {
        var processing = bench.Pipeline.ProcessAsync(record.ToConsumed(), bench.Tokens).AsTask();

        // Nothing here waits: it is done on this thread, whose memory is measured.
        Assert.True(processing.IsCompletedSuccessfully);
        var result = processing.Result;
        return result.Outcome is Outcome.Handled ? null : () =>
        {
            Assert.Equal((Outcome.Stopped, FailureClass.Fatal), (result.Outcome, result.Class));
            Assert.IsAssignableFrom<EventDrivenException>(result.Error);
            Assert.InRange(result.Error!.Message.Length, 1, 4_000);
        };
    }

    private static void AssertPossible(EventOrigin origin)
    {
        Assert.True(origin.Partition.Partition >= 0 && origin.Offset >= 0 && origin.Partition.Topic.Length is > 0 and <= DerivedTopics.MaxLength);
        Assert.InRange(origin.Attempts, 0, FailureHeaders.MostAttempts);
        Assert.InRange(origin.Step, -1, FailureHeaders.MostAttempts);
        Assert.InRange(origin.Redriven, 0, FailureHeaders.MostAttempts);
    }

    /// <summary>What a handler may ask a context for.</summary>
    private static ValueTask Look(EventContext context)
    {
        _ = context.Timestamp;
        foreach (var header in context.Headers) header.TryGetText(out _);
        return default;
    }

    private static PipelineBench Bench(Action<EventConsumerBuilder> configure) => new(configure, static services => services.AddLogging(static logging => logging.ClearProviders().SetMinimumLevel(LogLevel.None)));

    private static Headers Replace(Headers headers, int index, byte[] value)
    {
        var replaced = new Headers();
        for (var i = 0; i < headers.Count; i++) replaced.Add(headers[i].Key, i == index ? value : headers[i].GetValueBytes());
        return replaced;
    }
}
