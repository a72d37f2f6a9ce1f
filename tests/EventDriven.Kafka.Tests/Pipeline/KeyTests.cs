using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Pipeline;

/// <summary>Typed keys: who reads them, when, and what becomes of an event whose key can't be read.</summary>
public sealed class KeyTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";
    private object? _seen;

    [Fact]
    public async Task Without_configuration_keys_are_read_as_the_Java_client_writes_them()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
        {
            _seen = (context.Key!.Value.Length, context.GetKey<byte[]>().Length) switch
            {
                (8, _) => context.GetKey<long>(),
                (36, _) => context.GetKey<Guid>(),
                _ => context.GetKey<string>(),
            };
            return default(ValueTask);
        }));

        Assert.Equal("k", await Seen(bench, "k"u8.ToArray()));
        var number = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, -5);
        Assert.Equal(-5L, await Seen(bench, number));
        var id = Guid.NewGuid();
        Assert.Equal(id, await Seen(bench, Encoding.UTF8.GetBytes(id.ToString())));
    }

    [Fact]
    public async Task An_undecodable_key_that_the_handler_asks_for_is_a_failure_that_is_not_tried_again()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
            {
                context.GetKey<long>();
                return default(ValueTask);
            })
            .OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        var error = Assert.IsType<EventSerializationException>(result.Error);
        Assert.Equal(typeof(long), error.EventType);
        Assert.StartsWith("Consumer 'billing' can't read the key of orders[3]@42 as System.Int64.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_Key_the_key_of_every_event_is_read_whether_asked_for_or_not()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced _, CancellationToken _) => default(ValueTask)).Key<int>());

        var error = (await bench.ProcessAsync(Order)).Error;

        Assert.Contains("can't read the key of orders[3]@42 as System.Int32", Assert.IsType<EventSerializationException>(error).Message, StringComparison.Ordinal);
        bench.Key = [0, 0, 0, 9];
        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order)).Outcome);
    }

    [Fact]
    public async Task A_key_has_a_serializer_of_its_own()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced placed, EventContext context, CancellationToken _) =>
            {
                _seen = (placed.OrderId, context.GetKey<OrderKey>());
                return default(ValueTask);
            })
            .Key<OrderKey>(k => k.UseJson(new JsonSerializerOptions(JsonSerializerDefaults.Web))));

        Assert.Equal(("A1", new OrderKey("de", 5)), await Seen(bench, """{"shop":"de","number":5}"""u8.ToArray()));
    }

    [Fact]
    public async Task A_deserializer_of_the_client_reads_keys()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
            {
                _seen = context.GetKey<long>();
                return default(ValueTask);
            })
            .Key<long>(k => k.Deserialize(with: Deserializers.Int64)));

        Assert.Equal(3L, await Seen(bench, [0, 0, 0, 0, 0, 0, 0, 3]));
    }

    [Fact]
    public async Task A_serializer_that_waits_is_awaited_once_and_before_the_handler()
    {
        var serializer = new Waiting();
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
            {
                _seen = context.GetKey<string>() + context.GetKey<string>();
                return default(ValueTask);
            })
            .Key<string>(k => k.UseSerializer(serializer)));

        var running = bench.ProcessAsync(Order);
        Assert.False(running.IsCompleted);
        serializer.Gate.SetResult("key");

        Assert.Equal(Outcome.Handled, (await running.WaitAsync(PipelineBench.Generous)).Outcome);
        Assert.Equal("keykey", _seen);
        Assert.Equal(1, serializer.Calls);
    }

    [Fact]
    public async Task Middleware_before_the_key_is_read_has_it_if_its_serializer_does_not_wait()
    {
        await using var bench = new PipelineBench(c => c
            .Use((context, next) =>
            {
                _seen = context.GetKey<string>();
                return next(context);
            })
            .Handle((OrderPlaced _, CancellationToken _) => default(ValueTask)).Key<string>());
        await using var waiting = new PipelineBench(c => c
            .Use((context, next) =>
            {
                context.GetKey<string>();
                return next(context);
            })
            .Handle((OrderPlaced _, CancellationToken _) => default(ValueTask)).Key<string>(k => k.UseSerializer(new Waiting())));

        Assert.Equal("k", await Seen(bench, "k"u8.ToArray()));
        Assert.Contains("before keys are read", Assert.IsType<InvalidOperationException>((await waiting.ProcessAsync(Order)).Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Middleware_may_drop_an_event_whose_key_can_not_be_read()
    {
        await using var bench = new PipelineBench(c => c
            .Use((context, next) =>
            {
                context.Filter("foreign");
                return default;
            })
            .Handle((OrderPlaced _, CancellationToken _) => default(ValueTask)).Key<int>());

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync(Order)).Outcome);
    }

    [Fact]
    public async Task An_event_without_a_key_is_handled_and_asking_for_its_key_fails()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced placed, EventContext context, CancellationToken cancellationToken) =>
            {
                _seen = context.TryGetKey<int>(out var _);
                if (placed.Amount == 7) context.GetKey<int>();
                return default(ValueTask);
            })
            .Key<int>());
        bench.Key = null;

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync("""{"orderId":"A1","amount":1}""")).Outcome);
        Assert.Equal(false, _seen);
        Assert.Contains("has no key", Assert.IsType<EventSerializationException>((await bench.ProcessAsync(Order)).Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_key_is_a_key()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
        {
            _seen = context.GetKey<string>();
            return default(ValueTask);
        }));

        Assert.Equal("", await Seen(bench, []));
    }

    [Fact]
    public async Task Asking_for_another_type_than_the_consumer_reads_says_so()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
        {
            context.GetKey<Guid>();
            return default(ValueTask);
        }).Key<string>());
        await using var none = new PipelineBench(c => c.Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
        {
            context.GetKey<OrderKey>();
            return default(ValueTask);
        }));

        Assert.Contains("reads keys as System.String", Assert.IsType<InvalidOperationException>((await bench.ProcessAsync(Order)).Error).Message, StringComparison.Ordinal);
        Assert.Contains("has no serializer for keys of type", Assert.IsType<InvalidOperationException>((await none.ProcessAsync(Order)).Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_one_event_never_shows_up_at_another()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
        {
            _seen = context.TryGetKey<string>(out var key) ? key : "none";
            return default(ValueTask);
        }).Key<string>());

        Assert.Equal("a", await Seen(bench, "a"u8.ToArray()));
        Assert.Equal("b", await Seen(bench, "b"u8.ToArray()));
        Assert.Equal("none", await Seen(bench, null));
    }

    [Fact]
    public void A_key_that_can_not_be_read_is_told_at_start()
    {
        Assert.Contains(
            new PipelineBench(c => c.Handle((OrderPlaced _, CancellationToken _) => default(ValueTask)).Key<OrderKey>()).Check(),
            error => error.Contains("Key: Keys can't be read as", StringComparison.Ordinal));
        Assert.Contains(
            new PipelineBench(c => c.Handle((OrderPlaced _, CancellationToken _) => default(ValueTask)).Key<string>(k => k.Serialize(with: Serializers.Utf8))).Check(),
            error => error.Contains("k.Deserialize(with: …)", StringComparison.Ordinal));
    }

    private async Task<object?> Seen(PipelineBench bench, byte[]? key)
    {
        bench.Key = key;
        var result = await bench.ProcessAsync(Order);
        Assert.Null(result.Error);
        return _seen;
    }

    internal sealed record OrderKey(string Shop, int Number);

    private sealed class Waiting : IEventSerializer<string>
    {
        public TaskCompletionSource<string> Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Calls { get; private set; }

        public string? ContentType => null;

        public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
        {
            Assert.Equal(EventComponent.Key, context.Component);
            Calls++;
            return new(Gate.Task);
        }
    }
}
