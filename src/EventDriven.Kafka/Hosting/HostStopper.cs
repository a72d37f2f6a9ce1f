using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Hosting;

/// <summary>Ends the host when a consumer asks for it, and remembers why, so that the process does not end as if all were well.</summary>
internal sealed partial class HostStopper(IHostApplicationLifetime lifetime, ILogger<HostStopper> logger)
{
    private EventConsumerFailedException? _reason;

    /// <summary>The first reason; null while nobody has asked.</summary>
    public EventConsumerFailedException? Reason => Volatile.Read(ref _reason);

    public void StopHost(string consumerName, string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, new EventConsumerFailedException(consumerName, reason), null) is not null) return;

        LogStoppingHost(consumerName, reason);
        lifetime.StopApplication();
    }

    [LoggerMessage(1004, LogLevel.Critical, "Consumer '{Consumer}' stops the host: {Reason}")]
    private partial void LogStoppingHost(string consumer, string reason);
}
