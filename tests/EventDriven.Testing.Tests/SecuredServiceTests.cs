using System.Text;
using EventDriven.Kafka;
using EventDriven.Testing.Tests.Recording;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Testing.Tests;

/// <summary>A service as it is configured for production, on the embedded Kafka, unchanged.</summary>
public sealed class SecuredServiceTests
{
    private const string Production = """
        {
          "Kafka": {
            "BootstrapServers": "broker-1.example.com:9093,broker-2.example.com:9093",
            "Client": {
              "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "orders", "sasl.password": "secret",
              "ssl.ca.location": "/etc/ssl/kafka/ca.pem", "ssl.endpoint.identification.algorithm": "https"
            },
            "Consumers": { "inventory": { "Client": { "ssl.certificate.location": "/etc/ssl/kafka/inventory.pem", "fetch.wait.max.ms": "20" } } },
            "Producers": { "orders": { "Client": { "security.protocol": "SSL", "ssl.key.location": "/etc/ssl/kafka/orders.key" } } }
          },
          "Audit": {
            "BootstrapServers": "audit.example.com:9093",
            "WhenUnreachable": "StopHost",
            "Client": { "security.protocol": "SSL", "ssl.ca.location": "/etc/ssl/audit/ca.pem" }
          }
        }
        """;

    private readonly CancellationTokenSource _patience = new(Clients.Patience);

    [Fact]
    public async Task Each_cluster_of_a_secured_service_is_put_on_an_embedded_Kafka()
    {
        await using var kafka = EmbeddedKafka.Start();
        await using var audit = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 2);
        audit.CreateTopic("orders", 1);
        using var host = Build(services => services.UseEmbeddedKafka(kafka).UseEmbeddedKafka(audit, "Audit").AddEventRecorder());
        await host.StartAsync(_patience.Token);
        var events = host.Services.GetRequiredService<EventRecorder>();

        await host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(new OrderPlaced("A", 1), _patience.Token);

        await events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order.OrderId == "A", _patience.Token);
        await events.WaitUntilConsumedAsync("audit", (OrderPlaced order) => order.OrderId == "A", _patience.Token);
        Assert.Single(await events.ProducedAsync("orders", "Kafka", _patience.Token));
        Assert.Single(await events.ProducedAsync("orders", "Audit", _patience.Token));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => events.ProducedAsync("orders", _patience.Token));
        Assert.Equal("The topic 'orders' is used on several clusters: 'Kafka', 'Audit'. Name the one that is meant.", error.Message);
        await host.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task The_order_of_registration_makes_no_difference()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.UseEmbeddedKafka(kafka).AddEventRecorder();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Production)));
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<OrderPlaced>("orders");
        builder.Services.AddEventConsumer("orders", "inventory", c => c.Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask));
        using var host = builder.Build();
        await host.StartAsync(_patience.Token);

        await host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(new OrderPlaced("A", 1), _patience.Token);

        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience.Token);
        await host.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task A_cluster_that_the_host_does_not_have_is_an_error_at_start()
    {
        await using var kafka = EmbeddedKafka.Start();
        using var host = Build(services => services.UseEmbeddedKafka(kafka, "Kafak"));

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_patience.Token));

        Assert.Contains(
            "cluster 'Kafak', UseEmbeddedKafka: the host has no cluster of this name. Name one that it has: UseEmbeddedKafka(kafka, cluster). There are: 'Kafka', 'Audit'.",
            error.Errors);
    }

    private static IHost Build(Action<IServiceCollection> test)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Production)));
        builder.AddEventDriven("Kafka");
        builder.AddEventDriven("Audit");
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p
            .ConfigureClient(client => client.SslCertificateLocation = "/etc/ssl/kafka/orders.pem"));
        builder.Services.AddKeyedEventProducer<OrderPlaced>("audit", "orders", p => p.OnCluster("Audit").Named("audit"));
        builder.Services.AddEventConsumer("orders", "inventory", c => c
            .ConfigureClient(client => client.SecurityProtocol = Confluent.Kafka.SecurityProtocol.SaslSsl)
            .Handle(async (OrderPlaced order, IServiceProvider services, CancellationToken token) =>
                await services.GetRequiredKeyedService<IEventProducer<OrderPlaced>>("audit").ProduceAsync(order, token)));
        builder.Services.AddEventConsumer("orders", "audit", c => c
            .OnCluster("Audit")
            .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask));
        test(builder.Services);
        return builder.Build();
    }
}
