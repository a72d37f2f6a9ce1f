using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Configuration;

/// <summary>What stands in a section and would be passed over, were it not told.</summary>
public class SectionKeysTests
{
    [Theory]
    [InlineData("Lingr", "0", "producer 'orders', Kafka:Producers:orders:Lingr: there is no option of this name. Did you mean 'Linger'? Correct it, or remove it.")]
    [InlineData("Client:compression.tipe", "gzip", "producer 'orders', Client:compression.tipe: the Kafka client has no such setting. Did you mean 'compression.type'?")]
    [InlineData("Linger:Milliseconds", "0", "producer 'orders', Kafka:Producers:orders:Linger: is a section where one value is wanted. Correct it, or remove it.")]
    [InlineData("Client", "lz4", "producer 'orders', Kafka:Producers:orders:Client: is one value where a section with names and values is wanted. Correct it, or remove it.")]
    public async Task A_key_of_a_producer(string key, string value, string error)
    {
        await using var test = new TestHost();
        test.Builder.Configuration[$"Kafka:Producers:orders:{key}"] = value;
        test.Services.AddEventProducer<string>("orders");

        Assert.Equal([error], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_section_of_no_producer()
    {
        await using var test = new TestHost();
        test.Builder.Configuration["Kafka:Producers:ordres:Linger"] = "00:00:00";
        test.Services.AddEventProducer<string>("orders");

        Assert.Equal(
            ["cluster 'Kafka', Kafka:Producers:ordres: no producer has this name. Did you mean 'orders'? Remove the section, or register the producer."],
            await test.ErrorsAtStartAsync());
    }

    [Theory]
    [InlineData("Kafka:Consumers", "cluster 'Kafka', Kafka:Consumers")]
    [InlineData("Kafka:Client", "cluster 'Kafka', Kafka:Client")]
    [InlineData("Kafka:Consumers:inventory", "consumer 'inventory', Kafka:Consumers:inventory")]
    [InlineData("Kafka:Consumers:inventory:Client", "consumer 'inventory', Kafka:Consumers:inventory:Client")]
    public async Task One_value_where_a_section_is_wanted(string key, string told)
    {
        await using var test = new TestHost();
        test.Builder.Configuration[key] = "64";

        Assert.Equal([$"{told}: is one value where a section with names and values is wanted. Correct it, or remove it."], await test.Consumer().ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_section_where_one_value_is_wanted()
    {
        await using var test = new TestHost();
        test.Builder.Configuration["Kafka:Consumers:inventory:MaxConcurrency:PerPartition"] = "64";

        Assert.Equal(
            ["consumer 'inventory', Kafka:Consumers:inventory:MaxConcurrency: is a section where one value is wanted. Correct it, or remove it."],
            await test.Consumer().ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Sections_that_are_empty_and_keys_in_another_letter_case_are_fine()
    {
        await using var test = new TestHost("""
            { "kafka": { "bootstrapservers": "broker:9092", "client": { }, "consumers": { "INVENTORY": { "maxconcurrency": 3, "topics": [ "orders" ] } }, "producers": { } } }
            """);

        Assert.Equal(3, (await test.Consumer().StartedOptionsAsync()).MaxConcurrency);
    }
}
