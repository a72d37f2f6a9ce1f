using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Tests.Transactions;

public sealed class TransactionalProducerRegistrationTests
{
    [Fact]
    public async Task All_that_is_wrong_with_them_is_told_when_the_host_starts()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("Kafka:BootstrapServers", "127.0.0.1:1"),
            new("Kafka:TransactionalProducers:payments:TransactionTimeout", "00:30:00"),
            new("Kafka:TransactionalProducers:payments:TransactionTimout", "00:00:10"),
            new("Kafka:TransactionalProducers:payments:Client:transaction.timeout.ms", "1000"),
        ]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddTransactionalProducer("payments", static p => p.Configure(static options => options.TransactionalId = "same"));
        builder.Services.AddTransactionalProducer("refunds", static p => p.Configure(static options => options.TransactionalId = "same"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("transactional producer 'payments', TransactionTimeout: is 00:30:00. Set it from 00:00:01 to 00:15:00", error.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'TransactionTimeout'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("Client:transaction.timeout.ms: set the option TransactionTimeout.", error.Message, StringComparison.Ordinal);
        Assert.Contains("transactional producer 'refunds', TransactionalId: transactional producer 'payments' has 'same' too", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_taken_by_its_name_or_without()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", "127.0.0.1:1")]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddTransactionalProducer("payments");
        using var host = builder.Build();

        var plain = host.Services.GetRequiredService<ITransactionalProducer>();

        Assert.Same(plain, host.Services.GetRequiredKeyedService<ITransactionalProducer>("payments"));
    }

    [Theory]
    [InlineData("connections.max.idle.ms", null, 60, "5000")]
    [InlineData("connections.max.idle.ms", "60000", 60, "60000")]
    [InlineData("topic.metadata.propagation.max.ms", null, 60, "10000")]
    [InlineData("topic.metadata.propagation.max.ms", null, 4, "2000")]
    [InlineData("topic.metadata.propagation.max.ms", "20000", 60, "20000")]
    public void Its_client_waits_neither_for_dead_brokers_nor_for_unknown_topics_longer_than_it_can_unless_told_otherwise(string setting, string? configured, int timeout, string expected)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", "127.0.0.1:1")]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddTransactionalProducer("payments");
        using var host = builder.Build();
        var options = new TransactionalProducerOptions { TransactionTimeout = TimeSpan.FromSeconds(timeout) };
        if (configured is not null) options.Client[setting] = configured;
        var errors = new List<ConfigurationError>();

        var settings = host.Services.GetRequiredService<TransactionalClientComposer>().Compose("transactional producer 'payments'", "Kafka", "payments", options, errors);

        Assert.Empty(errors);
        Assert.Equal(expected, settings.Client.Get(setting));
    }
}
