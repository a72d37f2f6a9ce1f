using EventDriven.Chaos.Services;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Chaos.Workers;

/// <summary>A worker process: a generic host with every service of the run.</summary>
internal static class WorkerHost
{
    /// <summary>Runs until the process is told to stop.</summary>
    /// <param name="servers">The addresses of the brokers.</param>
    /// <param name="protocol">The group protocol of its consumers.</param>
    /// <param name="folder">Where its logs go.</param>
    /// <param name="member">Its name, one for each process of the run.</param>
    public static async Task RunAsync(string servers, ConsumerGroupProtocol protocol, string folder, string member)
    {
        using var log = new RunLog(Path.Combine(folder, $"{member}.runs"));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddProvider(new LibraryLog(log, Path.Combine(folder, $"{member}.log")));
        builder.Services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = servers);
        foreach (var service in ChaosService.All)
        {
            if (service.IsTransactional)
            {
                builder.Services.AddEventProducer<ChaosOutput>(service.OutputTopic, static producer => producer.KeyedBy(static output => output.Key));
            }

            builder.Services.AddEventConsumer(service.Topic, service.Group, consumer => Configure(consumer, service, protocol, log));
        }

        using var host = builder.Build();
        using var ending = new CancellationTokenSource();
        var vitals = WorkerVitals.WriteAsync(log, ending.Token);
        await host.StartAsync();
        log.Write("ready");
        await host.WaitForShutdownAsync();
        log.Write("stopped");
        await ending.CancelAsync();
        await vitals.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private static void Configure(EventConsumerBuilder consumer, ChaosService service, ConsumerGroupProtocol protocol, RunLog log)
    {
        var handled = new HandledEvents(service, log);
        consumer.ProvisionTopics().Configure(options =>
        {
            options.GroupProtocol = protocol;
            options.MaxReplay = ChaosService.MaxReplay;
            options.DrainTimeout = TimeSpan.FromSeconds(4);

            // Partitions that are added are found within this time.
            options.Client["topic.metadata.refresh.interval.ms"] = "5000";
            if (protocol == ConsumerGroupProtocol.Classic)
            {
                // As the brokers have it for the other protocol.
                options.Client["session.timeout.ms"] = "6000";
                options.Client["heartbeat.interval.ms"] = "500";
            }
        });
        if (service == ChaosService.OfBatches)
        {
            consumer.HandleBatch<ChaosEvent>(50, TimeSpan.FromMilliseconds(50), handled.HandleBatchAsync);
        }
        else if (service.IsTransactional)
        {
            consumer.InTransactions().Handle<ChaosEvent>((received, context, cancellationToken) => handled.HandleAsync(
                received,
                context,
                cancellationToken,
                () => context.Services.GetRequiredService<IEventProducer<ChaosOutput>>().ProduceAsync(ChaosOutput.Of(received, context), cancellationToken)));
        }
        else
        {
            consumer.Handle<ChaosEvent>((received, context, cancellationToken) => handled.HandleAsync(received, context, cancellationToken));
        }

        if (service.Order == ServiceOrder.Partition)
        {
            consumer.InPartitionOrder();
        }
        else
        {
            consumer.InKeyOrder(maxConcurrency: 16);
        }

        consumer.OnFailure(policy => Chain(policy, service));
    }

    private static void Chain(FailurePolicyBuilder policy, ChaosService service)
    {
        if (service.Parks)
        {
            policy.ThenRetryTopics(service.Delays).KeepKeyOrder().ThenDeadLetter();
        }
        else if (service.ReadsRetryTopics)
        {
            policy.Retry(1, TimeSpan.FromMilliseconds(20)).ThenRetryTopics(service.Delays).AllowReordering().ThenDeadLetter();
        }
        else
        {
            policy.Retry(2, TimeSpan.FromMilliseconds(20)).ThenDeadLetter();
        }
    }
}
