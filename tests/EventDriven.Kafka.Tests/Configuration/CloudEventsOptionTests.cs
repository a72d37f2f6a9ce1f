using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Configuration;

/// <summary>One switch for the headers of CloudEvents, in code and in configuration.</summary>
public sealed class CloudEventsOptionTests
{
    [Theory]
    [InlineData(false, null, CloudEventsMode.Binary)]
    [InlineData(true, null, CloudEventsMode.Off)]
    [InlineData(false, "off", CloudEventsMode.Off)]
    [InlineData(true, "Binary", CloudEventsMode.Binary)]
    public async Task Code_says_the_default_and_configuration_replaces_it(bool without, string? configured, CloudEventsMode expected)
    {
        await using var test = new TestHost();
        if (configured is not null) test.Builder.Configuration["Kafka:Producers:orders:CloudEvents"] = configured;
        test.Services.AddEventProducer<string>("orders", p =>
        {
            if (without) p.WithoutCloudEvents();
        });
        test.Consumer();
        await test.StartAsync();

        var composer = test.Host.Services.GetRequiredService<ProducerSettingsComposer>();
        Assert.Equal(expected, composer.Compose(test.Host.Services.GetRequiredService<ProducerBlueprint>(), [])!.Options.CloudEvents);
    }

    [Fact]
    public async Task A_mode_that_does_not_exist_is_told_at_start()
    {
        await using var test = new TestHost();
        test.Builder.Configuration["Kafka:Producers:orders:CloudEvents"] = "7";
        test.Builder.Configuration["Kafka:Consumers:inventory:StructuredCloudEvents"] = "Ignore";
        test.Services.AddEventProducer<string>("orders");
        test.Consumer();

        var errors = await test.ErrorsAtStartAsync();
        Assert.Contains("producer 'orders', CloudEvents: is 7, which does not exist. Set one of Binary, Off.", errors);
        Assert.Contains(errors, static error => error.Contains("Kafka:Consumers:inventory:StructuredCloudEvents can't be read", StringComparison.Ordinal));
    }
}
