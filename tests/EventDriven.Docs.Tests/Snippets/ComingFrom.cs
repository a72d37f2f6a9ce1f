using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Kafka;

namespace EventDriven.Docs.Tests.Snippets;

internal static class ComingFrom
{
    public static async Task LoopAsync(ConsumerConfig settings, InventoryDb db, CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(settings).Build();
        consumer.Subscribe("orders");
        while (!stopping.IsCancellationRequested)
        {
            var record = consumer.Consume(stopping);
            var order = JsonSerializer.Deserialize<OrderPlaced>(record.Message.Value, JsonSerializerOptions.Web)!;
            await db.ReserveAsync(order.OrderId, stopping);
            consumer.Commit(record);
        }
    }

    public static void InsteadOfTheLoop(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory");
    }

    public static void InsteadOfTheRider(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.OrderId));
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .InKeyOrder(16)
            .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));
    }

    public static void WithWolverine(HostApplicationBuilder builder)
    {
        builder.UseWolverine(options =>
        {
            options.UseKafka("localhost:9092");
            options.ListenToKafkaTopic("orders").ReceiveRawJson<OrderPlaced>(JsonSerializerOptions.Web);
            options.PublishMessage<OrderPlaced>().ToKafkaTopic("orders").PublishRawJson(JsonSerializerOptions.Web);
            options.Policies.OnException<TimeoutException>().RetryWithCooldown(TimeSpan.FromMilliseconds(200));
        });
    }

    public static void InsteadOfWolverine(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<OrderPlaced>("orders");
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .OnFailure(f => f.Retry(1, TimeSpan.FromMilliseconds(200))));
    }
}
