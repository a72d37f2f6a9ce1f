using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Enrich;

/// <summary>A Kafka of this run's own, started from a distribution; it ends, and its data goes, with the run.</summary>
internal sealed class Broker : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("enrich-").FullName;
    private Process? _process;

    private Broker()
    {
    }

    public string BootstrapServers { get; private set; } = "";

    public static async Task<Broker> StartAsync(string kafkaHome)
    {
        var broker = new Broker();
        try
        {
            var (port, controller) = (FreePort(), FreePort());
            broker.BootstrapServers = $"127.0.0.1:{port}";
            var properties = Path.Combine(broker._folder, "server.properties");
            await File.WriteAllTextAsync(properties, $"""
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:{controller}
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                inter.broker.listener.name=PLAINTEXT
                log.dirs={Path.Combine(broker._folder, "data")}
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
                group.consumer.min.session.timeout.ms=1000
                group.consumer.session.timeout.ms=6000
                group.initial.rebalance.delay.ms=0
                """);
            using (var format = broker.Run(kafkaHome, "kafka-storage.sh", "format", "-t", "RW5yaWNoLXNhbXBsZS0wMQ", "-c", properties))
            {
                await format.WaitForExitAsync();
                if (format.ExitCode != 0) throw new InvalidOperationException($"{kafkaHome}/bin/kafka-storage.sh ended with {format.ExitCode}: {await format.StandardError.ReadToEndAsync()}");
            }

            broker._process = broker.Run(kafkaHome, "kafka-server-start.sh", properties);
            while (await broker._process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (!line.Contains("Kafka Server started", StringComparison.Ordinal)) continue;

                // Read on, or its output would fill up and it would stand still.
                _ = broker._process.StandardOutput.ReadToEndAsync();
                _ = broker._process.StandardError.ReadToEndAsync();
                return broker;
            }

            throw new InvalidOperationException($"Kafka did not start: {await broker._process.StandardError.ReadToEndAsync()}");
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Run(string kafkaHome, string script, params string[] arguments) => Process.Start(
        new ProcessStartInfo(Path.Combine(kafkaHome, "bin", script), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KAFKA_HEAP_OPTS"] = "-Xmx512m", ["LOG_DIR"] = _folder },
        })!;
}
