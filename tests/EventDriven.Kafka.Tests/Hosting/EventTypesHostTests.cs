using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Several types, tombstones, typed keys, middleware of producers and both modes of CloudEvents in one service, as it would be written.</summary>
public sealed class EventTypesHostTests
{
    [Fact]
    public async Task Events_of_several_types_and_tombstones_reach_their_handlers_with_their_keys()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        var seen = new Seen();
        using var patience = new CancellationTokenSource(Patience.Limit);
        using var host = Build(kafka, seen);
        await host.StartAsync(patience.Token);

        await host.Services.GetRequiredService<IEventProducer<Placed>>().ProduceAsync(new Placed(new OrderKey("de", 7), 3), patience.Token);
        await host.Services.GetRequiredService<IEventProducer<Cancelled>>().ProduceAsync(new Cancelled(new OrderKey("de", 8)), patience.Token);
        await host.Services.GetRequiredService<IEventProducer<Other>>().ProduceAsync(new Other(1), patience.Token);
        await host.Services.GetRequiredService<IEventProducer<Placed>>().ProduceTombstoneAsync(new OrderKey("de", 7), cancellationToken: patience.Token);
        await ForeignAsync(kafka, """{"specversion":"1.0","id":"1","source":"/java","type":"com.example.cancelled","data":{"key":{"shop":"at","number":9}}}""");
        await host.Services.WaitUntilCommittedAsync("billing", "orders", 0, 5, patience.Token);

        Assert.Equal(
            [
                "placed 3 OrderKey { Shop = de, Number = 7 } tenant acme",
                "cancelled OrderKey { Shop = de, Number = 8 } from shop",
                "forget OrderKey { Shop = de, Number = 7 } tenant acme",
                "cancelled OrderKey { Shop = at, Number = 9 } from /java",
            ],
            seen.Lines);
        await host.StopAsync(patience.Token);
    }

    [Fact]
    public async Task A_key_that_can_not_be_read_stops_its_partition_and_nothing_else()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        kafka.CreateTopic("returns", 1);
        var seen = new Seen();
        using var patience = new CancellationTokenSource(Patience.Limit);
        using var host = Build(kafka, seen);
        await host.StartAsync(patience.Token);

        await ForeignAsync(kafka, """{"specversion":"1.0","id":"1","source":"/java","type":"com.example.cancelled","data":{}}""", "no json");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.WaitUntilCaughtUpAsync("billing", patience.Token));
        Assert.Contains("can't read the key of orders[0]@0", Assert.IsType<EventSerializationException>(error.InnerException).Message, StringComparison.Ordinal);
        await host.StopAsync(patience.Token);
    }

    private static IHost Build(EmbeddedKafka kafka, Seen seen)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddEventDriven("Kafka");
        builder.Services.AddSingleton(seen);
        builder.Services.AddSingleton<Tenants>();
        builder.Services.AddEventProducer<Placed>("orders", p => p
            .Named("placed").KeyedBy(e => e.Key).Key<OrderKey>(k => k.UseJson(System.Text.Json.JsonSerializerOptions.Web)).EventType("com.example.placed").Use<TenantHeader>("acme").Use<NotesEvents>());
        builder.Services.AddEventProducer<Cancelled>("orders", p => p
            .Named("cancelled").KeyedBy(e => e.Key).Key<OrderKey>(k => k.UseJson(System.Text.Json.JsonSerializerOptions.Web)).EventType("com.example.cancelled"));
        builder.Services.AddEventProducer<Other>("orders", p => p.Named("other").EventType("com.example.other"));
        builder.Services.AddEventConsumer("orders", "billing", c => c
            .Key<OrderKey>(k => k.UseJson(System.Text.Json.JsonSerializerOptions.Web))
            .EventType<Placed>("com.example.placed").EventType<Cancelled>("com.example.cancelled")
            .FilterUnknown("com.example.other")
            .Handle((Placed e, EventContext context, Seen seen, CancellationToken _) => seen.Add($"placed {e.Amount} {context.GetKey<OrderKey>()} tenant {context.Headers.GetText("tenant")}"))
            .Handle((Cancelled _, EventContext context, Seen seen, CancellationToken _) => seen.Add($"cancelled {context.GetKey<OrderKey>()} from {context.Headers.GetText("ce_source")}"))
            .HandleTombstone<Placed, Forget>());
        builder.Services.UseEmbeddedKafka(kafka);
        return builder.Build();
    }

    private static async Task ForeignAsync(EmbeddedKafka kafka, string envelope, string key = """{"shop":"at","number":9}""")
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync("orders", new Message<string, string>
        {
            Key = key,
            Value = envelope,
            Headers = new Headers { { "content-type", Encoding.UTF8.GetBytes("application/cloudevents+json; charset=UTF-8") } },
        });
    }

    internal sealed record OrderKey(string Shop, int Number);

    internal sealed record Placed(OrderKey Key, int Amount);

    internal sealed record Cancelled(OrderKey Key);

    internal sealed record Other(int Number);

    internal sealed class Tenants
    {
        public string Current(string fallback) => fallback;
    }

    internal sealed class Seen
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ValueTask Add(string line)
        {
            Lines.Enqueue(line);
            return default;
        }
    }

    internal sealed class Forget(Seen seen) : ITombstoneHandler<Placed>
    {
        public ValueTask HandleTombstoneAsync(EventContext context, CancellationToken cancellationToken) =>
            seen.Add($"forget {context.GetKey<OrderKey>()} tenant {context.Headers.GetText("tenant")}");
    }

    internal sealed class TenantHeader(string fallback, Tenants tenants) : IProducerMiddleware
    {
        public ValueTask InvokeAsync(ProduceContext context, ProduceDelegate next)
        {
            context.Headers.Set("tenant", tenants.Current(fallback));
            return next(context);
        }
    }

    internal sealed class NotesEvents(IServiceProvider services) : IProducerMiddleware<Placed>
    {
        public ValueTask InvokeAsync(Placed @event, ProduceContext context, ProduceDelegate next)
        {
            Assert.NotNull(@event);
            Assert.False(context.IsTombstone);
            Assert.Same(services.GetRequiredService<Tenants>(), context.Services.GetRequiredService<Tenants>());
            return next(context);
        }
    }
}
