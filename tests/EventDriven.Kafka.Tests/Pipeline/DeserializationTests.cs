using System.Text;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Pipeline;

public sealed partial class DeserializationTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";

    private object? _seen;

    [Fact]
    public async Task Bytes_that_can_not_be_read_stop_the_partition_at_once_with_place_reason_and_first_bytes()
    {
        await using var bench = new PipelineBench(c => c.Handle<OrderPlaced>(Note).OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.ProcessAsync("{\"orderId\":12345678901234567890");

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        var error = Assert.IsType<EventSerializationException>(result.Error);
        Assert.Contains("orders[3]@42", error.Message, StringComparison.Ordinal);
        Assert.Contains("It has 31 bytes, the first are 7b226f7264657249", error.Message, StringComparison.Ordinal);
        Assert.Equal(typeof(OrderPlaced), error.EventType);
        Assert.NotNull(error.InnerException);
        Assert.Null(_seen);
    }

    [Fact]
    public async Task An_empty_value_and_json_null_are_no_event()
    {
        await using var bench = new PipelineBench(c => c.Handle<OrderPlaced>(Note));

        Assert.Contains("It has no bytes.", (await bench.ProcessAsync("")).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("null", Assert.IsType<EventSerializationException>((await bench.ProcessAsync("null")).Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_generated_context_reads_the_events_that_it_knows()
    {
        await using var bench = new PipelineBench(c => c.UseJson(SampleJson.Default).Handle<OrderPlaced>(Note));

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order)).Outcome);
        Assert.Equal(new OrderPlaced("A1", 7), _seen);
    }

    [Fact]
    public async Task A_deserializer_of_the_client_drops_in_and_sees_topic_and_headers()
    {
        await using var bench = new PipelineBench(c => c.Deserialize<string>(with: new Upper()).Handle<string>(Note));

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync("a", new Headers { { "tenant", "acme"u8.ToArray() } })).Outcome);
        Assert.Equal("A of orders for acme", _seen);
    }

    [Fact]
    public async Task An_asynchronous_deserializer_of_the_client_drops_in()
    {
        await using var bench = new PipelineBench(c => c.Deserialize<string>(with: new Waiting()).Handle<string>(Note));

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync("a")).Outcome);
        Assert.Equal("a later", _seen);
    }

    [Fact]
    public async Task Bytes_and_text_need_no_serializer()
    {
        await using var bytes = new PipelineBench(c => c.Handle<byte[]>(Note));
        await using var text = new PipelineBench(c => c.Deserialize<string>(with: Deserializers.Utf8).Handle<string>(Note));

        await bytes.ProcessAsync("a");
        Assert.Equal("a"u8.ToArray(), _seen);
        await text.ProcessAsync("ä");
        Assert.Equal("ä", _seen);
    }

    [Fact]
    public async Task A_delegate_gets_up_to_four_services_of_the_scope_of_its_attempt()
    {
        await using var bench = new PipelineBench(
            c => c.Handle((OrderPlaced order, Db first, Db second, Journal third, IServiceProvider fourth, CancellationToken _) =>
            {
                Assert.Same(first, second);
                Assert.Same(first, fourth.GetService(typeof(Db)));
                third.Add(order.OrderId);
                return ValueTask.CompletedTask;
            }),
            services =>
            {
                Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddScoped<Db>(services);
                Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Journal>(services);
            });

        var result = await bench.ProcessAsync(Order);

        Assert.Null(result.Error);
        Assert.Equal(Outcome.Handled, result.Outcome);
    }

    private ValueTask Note<T>(T @event, CancellationToken cancellationToken)
    {
        _seen = @event;
        return ValueTask.CompletedTask;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(OrderPlaced))]
    private sealed partial class SampleJson : JsonSerializerContext;

    private sealed class Upper : IDeserializer<string>
    {
        public string Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            $"{Encoding.UTF8.GetString(data).ToUpperInvariant()} of {context.Topic} for {Encoding.UTF8.GetString(context.Headers.GetLastBytes("tenant"))}";
    }

    private sealed class Waiting : IAsyncDeserializer<string>
    {
        public async Task<string> DeserializeAsync(ReadOnlyMemory<byte> data, bool isNull, SerializationContext context)
        {
            await Task.Yield();
            return $"{Encoding.UTF8.GetString(data.Span)} later";
        }
    }
}
