using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Producing;

/// <summary>Makes the one pool of a host.</summary>
internal static class ProducerClientPools
{
    public static ProducerClientPool Create(IServiceProvider provider)
    {
        var instruments = provider.GetRequiredService<Instruments>();
        var pool = new ProducerClientPool(
            (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("EventDriven.Kafka.Producing"),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            ConfluentProducerFactory.For,
            instruments,
            provider.GetService<TokenSources>());
        instruments.Observe(pool.Read);
        return pool;
    }
}
