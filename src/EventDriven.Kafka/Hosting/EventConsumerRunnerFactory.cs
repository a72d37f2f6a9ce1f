using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Hosting;

/// <summary>Makes consumers on the engine.</summary>
internal sealed class EventConsumerRunnerFactory(IServiceProvider services, TimeProvider time, ILoggerFactory loggers, TokenSources tokens, Instruments instruments, ParkedLogs parkedLogs)
    : IEventConsumerRunnerFactory
{
    public IEventConsumerRunner Create(ConsumerSettings settings, PipelineBlueprint pipeline, Action<string> stopHost)
    {
        var logger = loggers.CreateLogger<EventConsumer>();

        // In partition order the lanes are the partitions, and each of them may run.
        var workers = settings.Options.Ordering == OrderingMode.Partition ? int.MaxValue : settings.Options.MaxConcurrency;
        var scheduler = new LaneScheduler(pipeline.Build(services, settings, time), workers);
        return new EventConsumerRunner(
            new EventConsumer(
                settings,
                new ConfluentRecordSourceFactory(settings, logger, tokens),
                scheduler,
                time,
                logger,
                new ConsumerTelemetry(instruments, settings.Name, settings.Group),
                pipeline.Failures.Build().KeepsKeyOrder ? () => new ParkingSettings { Logs = parkedLogs.For(settings, logger) } : null),
            stopHost);
    }
}
