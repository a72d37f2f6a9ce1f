using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Avro.Tests.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hosting;

/// <summary>Who registers schemas: the service itself in Development, whoever deploys it elsewhere.</summary>
public sealed class AutoRegisterTests : IAsyncLifetime
{
    private AvroBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await AvroBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Outside_of_Development_nothing_is_registered_and_what_is_missing_is_told_at_start(string environment)
    {
        using var host = _bench.Build(Produce, environment: environment);

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_bench.Patience));

        Assert.Contains("Subject 'orders-value' not found. (40401) Register it before its producer is deployed; in development, AutoRegister does it.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Subject 'shop.PlainOrder' not found. (40401) Register it before its producer is deployed; in development, AutoRegister does it.", error.Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Registered);
    }

    [Fact]
    public async Task Outside_of_Development_what_was_registered_before_is_written_by()
    {
        _bench.Registry.Register("orders-value", AvroSchemas.TextOf<UseAvroTests.PlainOrder>());
        _bench.Registry.Register("shop.PlainOrder", SpecificOrder._SCHEMA.ToString());
        using var host = _bench.Build(Produce, environment: "Production");

        await host.StartAsync(_bench.Patience);
        await _bench.ProduceAsync(host, new UseAvroTests.PlainOrder("A1", 1, null));
        await _bench.ProduceAsync(host, new SpecificOrder { Id = "A2" });

        Assert.Empty(_bench.Registered);
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task In_Development_every_schema_is_registered_at_start()
    {
        using var host = _bench.Build(Produce, environment: Environments.Development);

        await host.StartAsync(_bench.Patience);

        Assert.Equal(["orders-value", "shop.PlainOrder"], _bench.Registered.Distinct().Order(StringComparer.Ordinal));
        await host.StopAsync(_bench.Patience);
    }

    [Theory]
    [InlineData(true, "Production")]
    [InlineData(false, "Development")]
    public async Task What_the_option_says_goes_before_the_environment(bool autoRegister, string environment)
    {
        using var host = _bench.Build(Produce, options => options.AutoRegister = autoRegister, environment);

        var failure = await Record.ExceptionAsync(() => host.StartAsync(_bench.Patience));

        Assert.Equal(autoRegister, failure is null);
        Assert.Equal(autoRegister, _bench.Registered.Any());
        await host.StopAsync(_bench.Patience);
    }

    private static void Produce(IServiceCollection services)
    {
        services.AddEventProducer<UseAvroTests.PlainOrder>("orders", static p => p.UseAvro());
        services.AddEventProducer<SpecificOrder>("orders", static p => p.Named("generated").UseAvro(static avro => avro.SubjectNaming = SubjectNaming.Record));
    }
}
