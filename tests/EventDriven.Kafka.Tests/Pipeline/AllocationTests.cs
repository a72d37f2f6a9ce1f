using System.Text.Json;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Pipeline;

public sealed class AllocationTests
{
    private const int Events = 20_000;

    // Without optimization the compiler makes state machines classes.
#if DEBUG
    private const int DebugStateMachines = 400;
#else
    private const int DebugStateMachines = 0;
#endif

    [Fact]
    public async Task A_singleton_handler_of_bytes_costs_no_allocation()
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[], CountBytes>(), s => s.AddSingleton<CountBytes>());

        Assert.Equal(0, Measure(bench, new byte[139]));
        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(new byte[1])).Outcome);
    }

    [Fact]
    public async Task A_retry_policy_and_singleton_middleware_cost_no_allocation_on_the_way_of_success()
    {
        await using var bench = new PipelineBench(
            c => c.Use((context, next) => next(context)).Handle<byte[], CountBytes>().OnFailure(f => f.Retry(3, TimeSpan.FromSeconds(1))),
            s => s.AddSingleton<CountBytes>());

        Assert.Equal(0, Measure(bench, new byte[139]));
    }

    [Fact]
    public async Task A_typed_key_and_several_types_cost_no_allocation_of_their_own()
    {
        await using var bench = new PipelineBench(
            c => c.Key<long>().Handle<byte[], CountBytes>().Handle<OrderPlaced, CountOrders>().EventType<byte[]>("bytes"),
            s => s.AddSingleton<CountBytes>().AddSingleton<CountOrders>());
        bench.Key = new byte[8];

        Assert.Equal(0, Measure(bench, new byte[139], new Confluent.Kafka.Headers { { "ce_specversion", "1.0"u8.ToArray() }, { "ce_type", "bytes"u8.ToArray() }, { "content-type", "application/octet-stream"u8.ToArray() } }));
    }

    [Fact]
    public async Task Json_allocates_the_event_only()
    {
        await using var bench = new PipelineBench(c => c.Handle<OrderPlaced, CountOrders>(), s => s.AddSingleton<CountOrders>());
        var json = """{"orderId":"A1","amount":7}"""u8.ToArray();
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        var alone = Average(() => JsonSerializer.Deserialize<OrderPlaced>(json, options));

        Assert.Equal(alone, Measure(bench, json));
    }

    [Fact]
    public async Task A_scoped_handler_costs_its_scope()
    {
        await using var bench = new PipelineBench(c => c.Handle<byte[], CountBytes>());
        var scopeAlone = Average(() =>
        {
            using var scope = bench.Root.CreateScope();
            scope.ServiceProvider.GetRequiredService<CountBytes>();
        });

        Assert.InRange(Measure(bench, new byte[139]), 1, scopeAlone + DebugStateMachines);
    }

    private static long Measure(PipelineBench bench, byte[] value, Confluent.Kafka.Headers? headers = null)
    {
        var record = bench.Record(value, headers);
        var tokens = bench.Tokens;
        var pipeline = bench.Pipeline;
        return Average(() =>
        {
            var result = pipeline.ProcessAsync(record, tokens);
            if (!result.IsCompletedSuccessfully || result.Result.Outcome != Outcome.Handled)
            {
                throw new InvalidOperationException("not handled at once");
            }
        });
    }

    private static long Average(Action work)
    {
        for (var i = 0; i < 1_000; i++)
        {
            work();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Events; i++)
        {
            work();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Events;
    }
}
