using EventDriven;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Testing
{
    public static async Task RunAsync(CancellationToken patience)
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 3);

        var builder = Host.CreateApplicationBuilder();
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<OrderPlaced>("orders");
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory");
        builder.Services.UseEmbeddedKafka(kafka);             // whatever code and configuration say
        using var host = builder.Build();
        await host.StartAsync(patience);

        await host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(new OrderPlaced("A-1", 9.95m), patience);
        await host.Services.WaitUntilCaughtUpAsync("inventory", patience);
    }

    public static void Break(EmbeddedKafka kafka)
    {
        kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.NotEnoughReplicas, times: 2);
        kafka.Faults.DelayNext(KafkaRequest.OffsetCommit, TimeSpan.FromSeconds(1));
        kafka.Faults.SetLatency(TimeSpan.FromMilliseconds(20));
        kafka.Faults.StopBrokers();
        kafka.Faults.StartBrokers();
    }
}
