using System.Text;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>JSON that is no event, where nothing is validated: the error says where, and shows nothing of the content.</summary>
public sealed class JsonReaderTests
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Theory]
    [InlineData("""{"id":"secret","amount":"many"}""", "$.amount")]
    [InlineData("""{"id":["secret"],"amount":1}""", "$.id")]
    [InlineData("""{"id":"secret","amount":1""", "it is not valid JSON at $.amount, line 1, byte 26 of the line.")]
    [InlineData("{\n\"id\":\"secret\",\n\"amount\":x}", "it is not valid JSON at $.amount, line 3, byte 10 of the line.")]
    public async Task The_path_of_what_does_not_fit_is_told_with_the_schema_and_nothing_of_the_content(string json, string told)
    {
        await using var bench = await JsonBench.StartAsync();
        var id = (byte)bench.Registry.Register("orders-value", """{"title":"Order","type":"object"}""", "JSON");

        var failure = await Assert.ThrowsAsync<EventSerializationException>(async () =>
            await bench.Serializer<Order>().DeserializeAsync((byte[])[0, 0, 0, 0, id, .. Encoding.UTF8.GetBytes(json)], JsonBench.Context(), _patience));

        Assert.StartsWith($"The value of a record of topic 'orders' is no {typeof(Order)}, schema id {id}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("many", failure.Message, StringComparison.Ordinal);
    }
}
