using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Hosting;

/// <summary>Makes consumers on the engine.</summary>
internal sealed class EventConsumerRunnerFactory(
    IServiceProvider services, TimeProvider time, ILoggerFactory loggers, TokenSources tokens, Instruments instruments, HeldEvents held, ParkedLogs parkedLogs)
    : IEventConsumerRunnerFactory
{
    public IEventConsumerRunner Create(ConsumerSettings settings, PipelineBlueprint pipeline, Action<string> stopHost)
    {
        var logger = loggers.CreateLogger<EventConsumer>();

        // In partition order the lanes are the partitions, and each of them may run.
        var workers = settings.Options.Ordering == OrderingMode.Partition ? int.MaxValue : settings.Options.MaxConcurrency;
        var scheduler = new LaneScheduler(pipeline.Build(services, settings, time), workers);
        var policy = pipeline.Failures.Build();
        return new EventConsumerRunner(
            new EventConsumer(
                settings,
                new ConfluentRecordSourceFactory(settings, logger, tokens),
                scheduler,
                time,
                logger,
                new ConsumerTelemetry(instruments, settings.Name, settings.Group),
                policy.KeepsKeyOrder ? () => new ParkingSettings { Logs = parkedLogs.For(settings, logger) } : null,
                Transactions(settings))
            {
                PrepareTopics = Preparation(settings, policy),
                IsHeld = (partition, offset) => held.IsHeld(settings.Name, partition, offset),
            },
            held,
            stopHost);
    }

    /// <summary>Makes the transactions of one client of a consumer; null where it has none.</summary>
    private Func<IRecordSource, ConsumerLoop, ConsumerTransactions>? Transactions(ConsumerSettings settings)
    {
        if (settings.Transactions is not { } outputs) return null;

        var logger = loggers.CreateLogger<ConsumerTransactions>();
        var factory = services.GetRequiredService<TransactionalProducerFactory>();
        var ofClient = outputs.Settings;
        return (source, loop) => new ConsumerTransactions(
            settings.Name,
            outputs,
            settings.Options.CommitAfterEvents,
            () => new TransactionalClient(ofClient, factory(ofClient.Client), logger, time, tokens.For(ofClient.Cluster, ofClient.Client), instruments, outputs.Return),
            (ITransactionalGroup)source,
            loop,
            TransactionTelemetry.OfConsumer(instruments, time, settings.Name),
            time,
            logger);
    }

    /// <summary>What is to be done before a topic is read that a pattern has found; null where that is nothing.</summary>
    private Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyDictionary<string, string>>>? Preparation(ConsumerSettings settings, FailurePolicy policy) =>
        policy.HasSteps && settings.Options.Topics.Any(TopicPattern.Is)
            ? new PatternPreparation(services.GetRequiredService<FailureTopicProvisioner>(), settings, policy).PrepareAsync
            : null;
}
