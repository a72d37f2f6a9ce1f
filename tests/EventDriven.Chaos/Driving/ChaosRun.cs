using System.Globalization;
using Confluent.Kafka;
using EventDriven.Chaos.Faults;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;
using EventDriven.Chaos.Traffic;
using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Chaos.Driving;

/// <summary>A run: cluster, workers, traffic and faults, then time to finish, then all that the oracle and the report need.</summary>
internal sealed class ChaosRun(ChaosOptions options, ConsumerGroupProtocol protocol, string folder)
{
    private const int WorkersAtStart = 3;
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly FaultLog _faults = new();
    private readonly Receipts _receipts = new();
    private readonly Load _load = new(options.Rate);
    private readonly LogWatch _logs = new(folder);

    public async Task<RunResult> RunAsync()
    {
        await using var kafka = await ChaosCluster.StartAsync();
        await using var pool = new WorkerPool(kafka.BootstrapServers, protocol, folder);
        using var admin = ChaosCluster.CreateAdmin(kafka);
        for (var i = 0; i < WorkersAtStart; i++)
        {
            pool.Start();
        }

        await UntilReadyAsync(pool);
        using var positions = new PositionWatch(kafka.BootstrapServers, admin);
        var handOvers = new HandOverWatch(kafka.BootstrapServers);
        using var watching = new CancellationTokenSource();
        var begin = Monotonic.Now;
        var progress = new ProgressLine(begin, _receipts, _logs, positions, _faults);
        Task[] watches = [positions.RunAsync(watching.Token), _logs.RunAsync(watching.Token), progress.RunAsync(watching.Token)];
        var handOverWatch = handOvers.RunAsync(watching.Token);

        await LoadAndDisturbAsync(kafka, pool, admin);
        var quiet = Monotonic.Now;
        Console.WriteLine($"The load and the faults have ended; everything is to be finished within {options.Settle.TotalSeconds:F0} s.");
        await pool.ReplaceEndedAsync();
        var unsettled = await SettleAsync(positions, handOvers);
        var settled = Monotonic.Now;
        await pool.ReplaceEndedAsync();
        await pool.StopAllAsync();
        await positions.LookAsync();
        await watching.CancelAsync();
        await Task.WhenAll(watches);
        _logs.Read();
        await handOverWatch;

        var (read, gaps) = handOvers.Seen;
        var partitions = ChaosService.All.ToDictionary(static service => service.Topic, service => admin.GetMetadata(service.Topic, s_start).Topics[0].Partitions.Count);
        return new RunResult
        {
            Begin = begin,
            Quiet = quiet,
            Settled = settled,
            Logs = _logs,
            Failed = _receipts.Failed,
            History = new History
            {
                Services = [.. ChaosService.All.Select(Judged)],
                Records = SourceReader.Read(kafka.BootstrapServers, partitions),
                Outputs = OutputReader.Read(kafka.BootstrapServers),
                Receipts = [.. _receipts.Acknowledged],
                Members = [.. Directory.EnumerateFiles(folder, "*.runs").Order(StringComparer.Ordinal).Select(static file => MemberLog.Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))],
                HandOvers = read,
                HandOversWithGaps = gaps,
                Positions = positions.Samples,
                Faults = _faults.Faults,
                Resets = _faults.Resets,
                Unsettled = [.. unsettled, .. pool.Problems],
            },
        };
    }

    private static JudgedService Judged(ChaosService service) => new()
    {
        Name = service.Name,
        Topic = service.Topic,
        InKeyOrder = service.Order == ServiceOrder.Key,
        InPartitionOrder = service.Order == ServiceOrder.Partition,
        Parks = service.Parks,
        ReadsRetryTopics = service.ReadsRetryTopics,
        WritesOutput = service.IsTransactional,
        MaxReplay = ChaosService.MaxReplay,
        Attempts = service.Attempts,
    };

    private async Task UntilReadyAsync(WorkerPool pool)
    {
        using var limit = new CancellationTokenSource(s_start);
        using var timer = new PeriodicTimer(s_look);
        while (_logs.Ready < WorkersAtStart)
        {
            if (pool.Workers.FirstOrDefault(static worker => worker.ExitCode is not null) is { } ended)
            {
                throw new InvalidOperationException($"Worker {ended.Member} ended while it started; what it printed is in {ended.Output}.");
            }

            await timer.WaitForNextTickAsync(limit.Token);
            _logs.Read();
        }
    }

    private async Task LoadAndDisturbAsync(KafkaCluster kafka, WorkerPool pool, IAdminClient admin)
    {
        using var ending = new CancellationTokenSource(TimeSpan.FromMinutes(options.Minutes));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddEventDriven("Kafka", cluster =>
        {
            cluster.BootstrapServers = kafka.BootstrapServers;
            cluster.Client["topic.metadata.refresh.interval.ms"] = "5000";
        });
        EventTraffic.AddProducers(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();
        using var raw = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, Partitioner = Partitioner.Murmur2Random })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        var traffic = ChaosService.All.Select((service, number) => service.IsTransactional
            ? new TransactionTraffic(service, kafka.BootstrapServers, _load, _receipts, options.Seed + number).RunAsync(ending.Token)
            : new EventTraffic(service, host.Services.GetRequiredKeyedService<IEventProducer<ChaosEvent>>(service.Name), raw, _load, _receipts, options.Seed + number).RunAsync(ending.Token)).ToList();

        if (!options.Soak)
        {
            var plan = new FaultPlan(options.Seed);
            var groups = new GroupOperator(kafka.BootstrapServers, admin, _faults);
            await Task.WhenAll(
                InjectAsync(plan.Workers, new WorkerFaults(pool, _faults, groups).InjectAsync, ending.Token),
                InjectAsync(plan.Brokers, new BrokerFaults(kafka, _faults).InjectAsync, ending.Token),
                InjectAsync(plan.Load, new LoadFaults(_load, _faults, groups).InjectAsync, ending.Token));
        }

        await Task.WhenAll(traffic);
        await host.StopAsync();
    }

    /// <summary>One fault after the other; what has begun goes on to its end.</summary>
    private static async Task InjectAsync(IEnumerable<PlannedFault> faults, Func<PlannedFault, Task> inject, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            try
            {
                await Task.Delay(fault.After, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await inject(fault);
        }
    }

    /// <summary>Waits until every group has committed all there is and every acknowledged event was finished.</summary>
    /// <returns>What was not, when the time was over.</returns>
    private async Task<List<string>> SettleAsync(PositionWatch positions, HandOverWatch handOvers)
    {
        var begun = Monotonic.Now;
        using var timer = new PeriodicTimer(s_look);
        while (true)
        {
            await timer.WaitForNextTickAsync();
            var behind = positions.Latest.Where(sample => sample.At < begun || sample.Committed < sample.End).ToList();
            var dead = handOvers.Seen.HandOvers.Where(static handOver => handOver.Kind == HandOverKind.DeadLetter).Select(static handOver => (handOver.Source, handOver.SourceOffset)).ToHashSet();
            var unfinished = _receipts.Acknowledged
                .Where(receipt => !_logs.IsFinished(receipt.Place.Topic, receipt.Place.Partition, receipt.Offset) && !dead.Contains((receipt.Place, receipt.Offset))).ToList();
            if (behind.Count == 0 && unfinished.Count == 0)
            {
                return [];
            }

            if (Monotonic.Now - begun > options.Settle.TotalMicroseconds)
            {
                return
                [
                    .. behind.Select(sample => string.Create(CultureInfo.InvariantCulture, $"{sample.Service}: {sample.Place} is committed up to {sample.Committed} of {sample.End}.")),
                    .. unfinished.GroupBy(static receipt => receipt.Place).Select(static ofPlace => $"{ofPlace.Key.Topic}: {ofPlace.Count()} events of {ofPlace.Key} are not finished, the first is {ofPlace.Min(static receipt => receipt.Offset)}."),
                ];
            }
        }
    }
}
