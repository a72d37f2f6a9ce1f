using System.Text.Json;
using JasperFx.CodeGeneration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Wolverine;
using Wolverine.Kafka;

namespace EventDriven.Benchmarks.Peers;

/// <summary>Hosts with Wolverine, with the same settings of the client as ours.</summary>
internal static class WolverineHost
{
    public static IHost Consumer(BenchmarkRun run, string topic, string group, Work work) => Create(run, work, options =>
    {
        options.ListenToKafkaTopic(topic).ReceiveRawJson<Order>(Json()).ConfigureConsumer(consumer =>
        {
            consumer.BootstrapServers = run.BootstrapServers;
            consumer.GroupId = group;
            consumer.AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest;
            consumer.FetchQueueBackoffMs = 5;
            consumer.QueuedMaxMessagesKbytes = 65_536;
            consumer.QueuedMinMessages = 50_000;
            if (run.IsEmbedded) consumer.FetchWaitMaxMs = 10;
        });
    });

    public static IHost Producer(BenchmarkRun run, string topic) => Create(run, new Work(1), options =>
        options.PublishMessage<Order>().ToKafkaTopic(topic).PublishRawJson(Json()).ConfigureProducer(producer =>
        {
            producer.BootstrapServers = run.BootstrapServers;
            producer.EnableIdempotence = true;
            producer.Acks = Confluent.Kafka.Acks.All;
            producer.LingerMs = 5;
            producer.QueueBufferingMaxMessages = 2_000_000;
        }));

    private static IHost Create(BenchmarkRun run, Work work, Action<WolverineOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // It logs an error for each failing handler, which is asked for here.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Critical);
        builder.Services.AddSingleton(work);
        builder.UseWolverine(options =>
        {
            options.UseRuntimeCompilation();
            options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(OrderHandler));
            options.UseKafka(run.BootstrapServers);
            configure(options);
        });
        return builder.Build();
    }

    private static JsonSerializerOptions Json() => new(JsonSerializerDefaults.Web) { TypeInfoResolver = OrderJson.Default };
}
