using Avro.Generic;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Avro.Tests.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hosting;

/// <summary>What the registry says of each produced type is told before the first event.</summary>
public sealed class StartCheckTests : IAsyncLifetime
{
    private const string Id = """{"type":"record","name":"PlainOrder","namespace":"shop","fields":[{"name":"id","type":"string"}]}""";

    private AvroBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await AvroBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public Task A_plain_type_whose_schema_is_not_registered_is_told_at_start_with_the_registrys_reason() => AssertToldAsync<UseAvroTests.PlainOrder>();

    [Fact]
    public Task A_generated_type_whose_schema_is_not_registered_is_told_at_start_with_the_registrys_reason() => AssertToldAsync<SpecificOrder>();

    [Fact]
    public async Task Values_and_keys_of_plain_and_generated_types_are_told_all_at_once()
    {
        using var host = _bench.Build(
            static services =>
            {
                services.AddEventProducer<UseAvroTests.PlainOrder>("orders", static p => p.UseAvro().KeyedBy(static order => new SpecificOrder { Id = order.Id }).Key<SpecificOrder>(static key => key.UseAvro()));
                services.AddEventProducer<SpecificOrder>("orders", static p => p.Named("generated").UseAvro(static avro => avro.SubjectNaming = SubjectNaming.Record));
            },
            static options => options.AutoRegister = false);

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_bench.Patience));

        Assert.Contains("Subject 'orders-value' not found.", error.Message, StringComparison.Ordinal);
        Assert.Contains("producer 'orders', Key: A EventDriven.SchemaRegistry.Avro.Tests.Serialization.SpecificOrder can't be written as the key ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Subject 'orders-key' not found.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Subject 'shop.PlainOrder' not found.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_generated_type_that_is_not_compatible_with_the_latest_version_is_told_at_start(bool useLatest)
    {
        _bench.Registry.Register("orders-value", Id);
        using var host = _bench.Build(
            static services => services.AddEventProducer<SpecificOrder>("orders", static p => p.UseAvro()),
            options => (options.AutoRegister, options.UseLatestVersion) = (false, useLatest));

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_bench.Patience));

        Assert.Contains("is not compatible with the latest", error.Message, StringComparison.Ordinal);
        Assert.Contains("'orders-value'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_to_register_a_generated_type_is_told_at_start_with_the_registrys_reason()
    {
        _bench.Registry.Register("orders-value", Id);
        using var host = _bench.Build(static services => services.AddEventProducer<SpecificOrder>("orders", static p => p.UseAvro()));

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_bench.Patience));

        Assert.Contains("SpecificOrder can't be written as the value of a record of topic 'orders'", error.Message, StringComparison.Ordinal);
        Assert.Contains("count", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_registered_of_a_generated_type_at_start_is_what_its_events_are_written_by()
    {
        using var host = await _bench.StartAsync(static services => services.AddEventProducer<SpecificOrder>("orders", static p => p.UseAvro()));
        Assert.Equal(["orders-value"], _bench.Registered.Distinct());

        await _bench.ProduceAsync(host, new SpecificOrder { Id = "A1", Count = 1 });

        using var http = new HttpClient { BaseAddress = new Uri(_bench.Registry.Url) };
        Assert.Equal("[1]", await http.GetStringAsync("/subjects/orders-value/versions", _bench.Patience));
        await host.StopAsync(_bench.Patience);
    }

    [Fact]
    public async Task A_generic_record_has_no_schema_before_the_first_event_which_then_tells()
    {
        using var host = await _bench.StartAsync(static services => services.AddEventProducer<GenericRecord>("orders", static p => p.UseAvro()), static options => options.AutoRegister = false);
        Assert.Empty(_bench.Registry.Requests);
        var record = new GenericRecord((global::Avro.RecordSchema)global::Avro.Schema.Parse(Id));
        record.Add("id", "A1");

        var error = await Assert.ThrowsAsync<EventProduceException>(() => _bench.ProduceAsync(host, record));

        Assert.Contains("Subject 'orders-value' not found.", error.InnerException?.Message ?? error.Message, StringComparison.Ordinal);
        await host.StopAsync(_bench.Patience);
    }

    private async Task AssertToldAsync<T>()
    {
        using var host = _bench.Build(static services => services.AddEventProducer<T>("orders", static p => p.UseAvro()), static options => options.AutoRegister = false);

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_bench.Patience));

        Assert.Contains($"producer 'orders', Serializer: A {typeof(T)} can't be written as the value of a record of topic 'orders': ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Subject 'orders-value' not found. (40401) Register it before its producer is deployed; in development, AutoRegister does it. There is no version under 'orders-value' yet.", error.Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Registered);
    }
}
