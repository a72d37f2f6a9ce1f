using EventDriven.Testing;

namespace Orders.Running;

/// <summary>A Kafka inside the process, so that the sample runs where there is none. A service of your own has no such file, and no reference to EventDriven.Testing.</summary>
public static class EmbeddedBroker
{
    /// <summary>Starts it unless the configuration names brokers.</summary>
    public static EmbeddedKafka? StartUnlessConfigured(WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration["Kafka:BootstrapServers"])) return null;

        var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 4);
        builder.Services.UseEmbeddedKafka(kafka);
        return kafka;
    }

    /// <summary>Requests that take the broker away and bring it back, to see what the service does meanwhile.</summary>
    public static void MapBroker(this WebApplication app, EmbeddedKafka kafka)
    {
        app.MapPost("/broker/stop", kafka.Faults.StopBrokers);
        app.MapPost("/broker/start", kafka.Faults.StartBrokers);
    }
}
