using System.Globalization;
using System.Text;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Tests.Hostile;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>
/// JSON from others' hands: an event, or the one exception, in bounded time and memory. <c>EVENTDRIVEN_FUZZ</c> in the environment is how many bodies are tried, <c>EVENTDRIVEN_FUZZ_SEED</c>
/// has others tried.
/// </summary>
public sealed class HostileJsonTests
{
    private const int Frame = 5;
    private const int Usually = 200_000;

    private static readonly string[] s_tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e999", "-", "0.1", "99999999999999999999", "\\u0000", "\\uD800", "\"id\"", "\"amount\"", "\"$ref\":\"#\"", "//", "\uFEFF", "\u0000",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", """{"note":{"note":{"note":{"note":""", "\"2026-01-01T00:00:00Z\"",
    ];

    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_the_bytes_are_there_is_an_event_or_one_exception_in_bounded_time_and_memory(bool validates)
    {
        await using var bench = await JsonBench.StartAsync();
        var serializer = bench.Serializer<Order>(options => options.ValidateOnRead = validates);
        var good = await serializer.SerializeAsync(new Order("A1", 7, "as soon as possible"), JsonBench.Context(), _patience);
        await serializer.DeserializeAsync(good, JsonBench.Context(), _patience);
        var context = JsonBench.Context();
        var random = new Random(int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261127);
        var bodies = ReadBounds.Inputs("EVENTDRIVEN_FUZZ", Usually);
        var bounds = new ReadBounds(256 * 1024, forEachByte: 1024);
        for (var i = 0; i < bodies; i++)
        {
            var bytes = Change(good, random, i);
            bounds.Check(bytes, bytes.Length, IsRead);
        }

        bounds.Tell(validates ? "validated" : "not validated");

        bool IsRead(byte[] bytes)
        {
            try
            {
                _ = serializer.DeserializeAsync(bytes, context, _patience).AsTask();
                return true;
            }
            catch (EventSerializationException)
            {
                // The one that it may be.
                return false;
            }
        }
    }

    /// <summary>Bytes changed, put in, taken out or doubled, tokens put in, or all of them random; the id of the schema stays in most.</summary>
    private static byte[] Change(byte[] good, Random random, int round)
    {
        if (round % 20 == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            if (round % 40 == 0 && noise.Length > Frame) good.AsSpan(0, Frame).CopyTo(noise);
            return noise;
        }

        var bytes = good.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > Frame; change--)
        {
            var at = random.Next(round % 20 == 1 ? 0 : Frame, bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveAt(at); break;
                case 3: bytes.InsertRange(at, bytes.Skip(random.Next(Frame, bytes.Count)).Take(random.Next(20)).ToArray()); break;
                default: bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_tokens[random.Next(s_tokens.Length)])); break;
            }
        }

        return [.. bytes];
    }
}
