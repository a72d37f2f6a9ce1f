using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Transactions;

/// <summary>Transactions of a producer on a real broker: what a reader with <c>read_committed</c> sees of them.</summary>
public sealed class ProducerTransactionTests(SharedBroker broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task What_is_committed_is_visible_on_all_its_topics_and_what_is_rolled_back_is_nowhere()
    {
        var kafka = await broker.Cluster;
        var (orders, totals) = await TopicsAsync(kafka);
        await using var service = new Service(kafka.BootstrapServers, orders, totals, id: null);

        await service.Producer.InTransactionAsync(
            async t =>
            {
                var receipt = await t.ProduceAsync(new Order("1"), cancellationToken: Cancelled);
                Assert.Equal((orders, 0L), (receipt.Topic, receipt.Offset));
                _ = t.ProduceAsync(new Total(1), cancellationToken: Cancelled);
            },
            Cancelled);
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => service.Producer.InTransactionAsync(
            async t =>
            {
                await t.ProduceAsync(new Order("2"), cancellationToken: Cancelled);
                await service.Orders.OutsideTransaction().ProduceAsync(new Order("told"), Cancelled);
                throw new TimeZoneNotFoundException();
            },
            Cancelled));
        await service.Producer.InTransactionAsync(
            async t =>
            {
                await t.ProduceAsync(new Order("3"), cancellationToken: Cancelled);
                await t.ProduceAsync(new Total(3), cancellationToken: Cancelled);
            },
            Cancelled);

        Assert.Equal(["""{"id":"1"}""", """{"id":"told"}""", """{"id":"3"}"""], Committed.Read(kafka.BootstrapServers, orders));
        Assert.Equal(["""{"sum":1}""", """{"sum":3}"""], Committed.Read(kafka.BootstrapServers, totals));
    }

    [BrokerFact]
    public async Task Who_takes_an_id_over_ends_what_its_predecessor_has_open_and_that_one_can_commit_nothing()
    {
        var kafka = await broker.Cluster;
        var (orders, totals) = await TopicsAsync(kafka);
        string id = $"payments-{Guid.NewGuid():N}";
        await using var zombie = new Service(kafka.BootstrapServers, orders, totals, id);
        await using var next = new Service(kafka.BootstrapServers, orders, totals, id);

        var error = await Assert.ThrowsAsync<EventTransactionException>(() => zombie.Producer.InTransactionAsync(
            async t =>
            {
                await t.ProduceAsync(new Order("zombie"), cancellationToken: Cancelled);
                await next.Producer.InTransactionAsync(async n => await n.ProduceAsync(new Order("next"), cancellationToken: Cancelled), Cancelled);
            },
            Cancelled));

        Assert.True(error.IsFenced, error.Message);
        Assert.Equal(["""{"id":"next"}"""], Committed.Read(kafka.BootstrapServers, orders));

        // It begins with a new client, which has the id now.
        await zombie.Producer.InTransactionAsync(async t => await t.ProduceAsync(new Order("again"), cancellationToken: Cancelled), Cancelled);
        Assert.Equal(["""{"id":"next"}""", """{"id":"again"}"""], Committed.Read(kafka.BootstrapServers, orders));
    }

    [BrokerFact]
    public async Task An_event_that_the_broker_refuses_rolls_all_of_it_back_and_the_next_one_goes_through()
    {
        var kafka = await broker.Cluster;
        var (orders, totals) = await TopicsAsync(kafka, new KeyValuePair<string, string>("max.message.bytes", "1000"));
        await using var service = new Service(kafka.BootstrapServers, orders, totals, id: null);

        var error = await Assert.ThrowsAsync<EventTransactionException>(() => service.Producer.InTransactionAsync(
            t =>
            {
                _ = t.ProduceAsync(new Total(1), cancellationToken: Cancelled);
                _ = t.ProduceAsync(new Order(new string('x', 5_000)), cancellationToken: Cancelled).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
                return Task.CompletedTask;
            },
            Cancelled));
        await service.Producer.InTransactionAsync(async t => await t.ProduceAsync(new Total(2), cancellationToken: Cancelled), Cancelled);

        Assert.Equal(TransactionOutcome.RolledBack, error.Outcome);
        Assert.Empty(Committed.Read(kafka.BootstrapServers, orders));
        Assert.Equal(["""{"sum":2}"""], Committed.Read(kafka.BootstrapServers, totals));
    }

    private static async Task<(string Orders, string Totals)> TopicsAsync(KafkaCluster kafka, params KeyValuePair<string, string>[] config)
    {
        string orders = $"orders-{Guid.NewGuid():N}";
        string totals = $"totals-{Guid.NewGuid():N}";
        await kafka.CreateTopicAsync(orders, 1, config);
        await kafka.CreateTopicAsync(totals, 1);
        return (orders, totals);
    }

    internal sealed record Order(string Id);

    internal sealed record Total(int Sum);

    private sealed class Service : IAsyncDisposable
    {
        private readonly IHost _host;

        public Service(string bootstrapServers, string orders, string totals, string? id)
        {
            var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "transactions" });
            builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", bootstrapServers)]);
            builder.AddEventDriven("Kafka");
            builder.Services.AddEventProducer<Order>(orders);
            builder.Services.AddEventProducer<Total>(totals);
            builder.Services.AddTransactionalProducer("payments", p => p.Configure(options => options.TransactionalId = id));
            _host = builder.Build();
        }

        public ITransactionalProducer Producer => _host.Services.GetRequiredService<ITransactionalProducer>();

        public IEventProducer<Order> Orders => _host.Services.GetRequiredService<IEventProducer<Order>>();

        public async ValueTask DisposeAsync()
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }
    }
}
