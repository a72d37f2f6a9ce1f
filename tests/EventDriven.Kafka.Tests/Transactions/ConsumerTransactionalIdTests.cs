using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Transactions;

/// <summary>The transactional id of a consumer: brokers fence whoever had it before.</summary>
public sealed class ConsumerTransactionalIdTests
{
    [Theory]
    [InlineData(null, null, "inventory-pod-1")]
    [InlineData("audit", null, "inventory-audit-pod-1")]
    [InlineData("inventory", null, "inventory-pod-1")]
    [InlineData(null, "inventory-eu", "inventory-eu-inventory-pod-1")]
    public async Task A_static_member_keeps_its_id_over_restarts_of_its_process(string? name, string? configuredGroup, string expected)
    {
        Assert.Equal(expected, await IdOfOneProcessAsync(name, configuredGroup, "pod-1"));
        Assert.Equal(expected, await IdOfOneProcessAsync(name, configuredGroup, "pod-1"));
    }

    [Theory]
    [InlineData(null, "inventory-")]
    [InlineData("audit", "inventory-audit-")]
    public async Task Any_other_has_a_new_one_in_each_process_with_the_prefix_that_rights_are_given_for(string? name, string prefix)
    {
        var first = await IdOfOneProcessAsync(name, null, null);
        var second = await IdOfOneProcessAsync(name, null, null);

        Assert.Matches($"^{prefix}[0-9a-f]{{32}}$", first);
        Assert.Matches($"^{prefix}[0-9a-f]{{32}}$", second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Consumers_of_one_host_have_ids_of_their_own()
    {
        await using var test = new TestHost();
        test.Consumer("orders", "inventory", static c => c.InTransactions());
        test.Consumer("returns", "inventory", static c => c.Named("returns").InTransactions());
        test.Consumer("orders", "billing", static c => c.InTransactions().Configure(static options => options.InstanceId = "pod-1"));
        test.Consumer("returns", "billing", static c => c.Named("refunds").InTransactions().Configure(static options => options.InstanceId = "pod-2"));
        await test.StartAsync();

        var ids = test.Runners.ByName.Values.Select(static runner => runner.Settings.Transactions!.Settings.TransactionalId).ToArray();

        Assert.Equal(4, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Two_consumers_whose_names_and_instances_come_to_one_id_are_refused()
    {
        await using var test = new TestHost();
        test.Consumer("orders", "inventory", static c => c.InTransactions().Configure(static options => options.InstanceId = "eu-1"));
        test.Consumer("orders", "inventory-eu", static c => c.InTransactions().Configure(static options => options.InstanceId = "1"));

        Assert.Equal(
            [
                "consumer 'inventory-eu', InstanceId: 'inventory-eu-1' is the transactional id of consumer 'inventory' too, so each would end the transactions of the other. Give one another InstanceId.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task On_two_clusters_an_id_is_two()
    {
        await using var test = new TestHost("""{ "Kafka": { "BootstrapServers": "broker:9092" }, "Audit": { "BootstrapServers": "audit:9092" } }""");
        test.Builder.AddEventDriven("Audit");
        test.Consumer("orders", "inventory", static c => c.InTransactions().Configure(static options => options.InstanceId = "eu-1"));
        test.Consumer("orders", "inventory-eu", static c => c.OnCluster("Audit").InTransactions().Configure(static options => options.InstanceId = "1"));

        await test.StartAsync();
    }

    [Fact]
    public async Task A_transactional_producer_with_the_id_of_a_consumer_is_refused()
    {
        await using var test = new TestHost();
        test.Services.AddTransactionalProducer("payments", static p => p.Configure(static options => options.TransactionalId = "inventory-pod-1"));
        test.Consumer("orders", "inventory", static c => c.InTransactions().Configure(static options => options.InstanceId = "pod-1"));

        Assert.Equal(
            ["transactional producer 'payments', TransactionalId: consumer 'inventory' has 'inventory-pod-1' too, so each would end the transactions of the other. Give each its own."],
            await test.ErrorsAtStartAsync());
    }

    private static async Task<string> IdOfOneProcessAsync(string? name, string? configuredGroup, string? instance)
    {
        await using var test = new TestHost();
        if (configuredGroup is not null) test.Builder.Configuration["Kafka:Consumers:inventory:Group"] = configuredGroup;
        test.Consumer(configure: c =>
        {
            c.InTransactions().Configure(options => options.InstanceId = instance);
            if (name is not null) c.Named(name);
        });
        await test.StartAsync();
        return test.Runners[name ?? "inventory"].Settings.Transactions!.Settings.TransactionalId;
    }
}
