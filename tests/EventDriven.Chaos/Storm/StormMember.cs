using System.Buffers.Binary;
using EventDriven.Chaos.Workers;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Chaos.Storm;

/// <summary>A member of a storm: a host of its own, which comes and goes. What the library logs and who owned what when is kept in two files.</summary>
internal sealed class StormMember(string servers, ConsumerGroupProtocol protocol, string topic, StormLedger ledger, string log)
{
    private IHost? _host;
    private RunLog? _log;

    public bool IsRunning => _host is not null;

    public async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        _log = new RunLog($"{log}.runs");
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(new LibraryLog(_log, $"{log}.log"));
        builder.Services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = servers);
        builder.Services.AddEventConsumer(topic, topic, consumer => consumer
            .InKeyOrder(maxConcurrency: 16)
            .Handle((byte[] number, CancellationToken _) =>
            {
                ledger.Handle(BinaryPrimitives.ReadInt32BigEndian(number));
                return ValueTask.CompletedTask;
            })
            .Configure(options =>
            {
                options.GroupProtocol = protocol;
                options.DrainTimeout = TimeSpan.FromSeconds(4);
                if (protocol == ConsumerGroupProtocol.Classic)
                {
                    options.Client["heartbeat.interval.ms"] = "500";
                }
            }));
        var host = builder.Build();
        await host.StartAsync();
        _host = host;
    }

    public async Task StopAsync()
    {
        var host = _host!;
        _host = null;
        await host.StopAsync();
        host.Dispose();
        _log!.Dispose();
    }
}
