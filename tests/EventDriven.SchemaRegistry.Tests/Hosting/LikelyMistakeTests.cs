using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Json;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>What new users get wrong first. Each is told at start, by whose it is, which option, and what to do.</summary>
public sealed class LikelyMistakeTests : IAsyncLifetime
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    [Fact]
    public async Task No_registry_is_registered()
    {
        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => StartAsync(Use(static _ => { })));

        const string Remedy = "No schema registry is registered. Register one: builder.AddSchemaRegistry(\"SchemaRegistry\").";
        Assert.Contains(error.Message.Split('\n'), static line => line.Contains("producer 'orders', ", StringComparison.Ordinal) && line.Contains(Remedy, StringComparison.Ordinal));
        Assert.Contains(error.Message.Split('\n'), static line => line.Contains("consumer 'inventory', Serializers: ", StringComparison.Ordinal) && line.Contains(Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_is_chosen_that_has_another_name()
    {
        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => StartAsync(services =>
        {
            services.AddSchemaRegistry("SchemaRegistry", static options => options.Urls = ["http://127.0.0.1:1"]);
            Use(static options => options.Registry = "Audit")(services);
        }));

        const string Remedy = "No schema registry is named 'Audit'. Registered are 'SchemaRegistry'. Set Registry to one of them, or register it: builder.AddSchemaRegistry(\"Audit\").";
        Assert.Contains(error.Message.Split('\n'), static line => line.Contains("producer 'orders', ", StringComparison.Ordinal) && line.Contains(Remedy, StringComparison.Ordinal));
        Assert.Contains(error.Message.Split('\n'), static line => line.Contains("consumer 'inventory', ", StringComparison.Ordinal) && line.Contains(Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_registries_are_registered_under_one_name()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(static services =>
        {
            services.AddSchemaRegistry("SchemaRegistry", static options => options.Urls = ["http://127.0.0.1:1"]);
            services.AddSchemaRegistry("SchemaRegistry", static options => options.Urls = ["http://127.0.0.1:2"]);
        }));

        Assert.Equal("schema registry 'SchemaRegistry', AddSchemaRegistry: several registries have this name. Give each a section, and so a name, of its own.", Assert.Single(error.Failures));
    }

    private static Action<IServiceCollection> Use(Action<JsonSchemaOptions> configure) => services =>
    {
        services.AddEventProducer<Order>("orders", p => p.UseJsonSchema(OrdersJson.Default, configure));
        services.AddEventConsumer("orders", "inventory", c => c.UseJsonSchema(OrdersJson.Default, configure).Handle(static (Order _, CancellationToken _) => ValueTask.CompletedTask));
    };

    private async Task StartAsync(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEventDriven("Kafka", static _ => { });
        configure(builder.Services);
        builder.Services.UseEmbeddedKafka(_kafka);
        using var host = builder.Build();
        await host.StartAsync(_patience);
    }
}
