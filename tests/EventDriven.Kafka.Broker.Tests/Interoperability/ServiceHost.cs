using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Broker.Tests.Interoperability;

/// <summary>A service as users write it: a generic host on the public API.</summary>
internal static class ServiceHost
{
    public static async Task<IHost> StartAsync(KafkaCluster kafka, Action<IServiceCollection> register, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = kafka.BootstrapServers);
        register(builder.Services);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }
}
