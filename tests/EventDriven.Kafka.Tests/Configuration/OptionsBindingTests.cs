using System.Globalization;
using System.Reflection;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Tests.Configuration;

public class OptionsBindingTests
{
    [Fact]
    public void Every_property_of_a_cluster_can_be_set_by_configuration() => SetsEveryProperty<KafkaClusterOptions>("Kafka", "Kafka");

    [Fact]
    public void Every_property_of_a_consumer_can_be_set_by_configuration() => SetsEveryProperty<EventConsumerOptions>("inventory", "Kafka:Consumers:inventory");

    [Fact]
    public void Every_property_of_a_producer_can_be_set_by_configuration() => SetsEveryProperty<EventProducerOptions>("orders", "Kafka:Producers:orders");

    [Fact]
    public async Task Configuration_replaces_what_code_says_and_PostConfigure_has_the_last_word_whatever_the_order()
    {
        await using var test = new TestHost("""
            {
              "Kafka": {
                "BootstrapServers": "broker:9092",
                "Consumers": { "inventory": { "Topics": [ "orders-v2" ], "Group": "inventory-2", "MaxConcurrency": 5, "MaxReplay": 6, "Ordering": "none", "Client": { "fetch.min.bytes": "2" } } }
              }
            }
            """);
        test.Services.PostConfigure<EventConsumerOptions>("inventory", options => options.MaxReplay = 7);
        test.Consumer(["orders", "returns"], "inventory", c => c
            .InKeyOrder(64)
            .Configure(options =>
            {
                options.MaxReplay = 4;
                options.DrainTimeout = TimeSpan.FromSeconds(3);
                options.Client["fetch.min.bytes"] = "1";
                options.Client["fetch.max.bytes"] = "2000000";
            }));
        test.Services.Configure<EventConsumerOptions>("inventory", options => options.MaxConcurrency = 9);

        var options = await test.StartedOptionsAsync();

        Assert.Equal(["orders-v2"], options.Topics);
        Assert.Equal("inventory-2", options.Group);
        Assert.Equal(OrderingMode.None, options.Ordering);
        Assert.Equal(5, options.MaxConcurrency);
        Assert.Equal(7, options.MaxReplay);
        Assert.Equal(TimeSpan.FromSeconds(3), options.DrainTimeout);
        // Each setting of the client is an option of its own.
        Assert.Equal("2", options.Client["fetch.min.bytes"]);
        Assert.Equal("2000000", options.Client["fetch.max.bytes"]);
    }

    [Fact]
    public async Task Null_in_configuration_turns_a_limit_off()
    {
        await using var test = new TestHost("""{ "Kafka": { "BootstrapServers": "broker:9092", "Consumers": { "inventory": { "StuckAfter": null } } } }""");

        Assert.Null((await test.Consumer().StartedOptionsAsync()).StuckAfter);
    }

    [Fact]
    public async Task Options_resolved_by_the_application_are_those_that_run()
    {
        await using var test = new TestHost("""{ "Kafka": { "BootstrapServers": "broker:9092", "Consumers": { "Inventory": { "MaxConcurrency": 5 } } } }""");
        test.Consumer(configure: c => c.InKeyOrder(64));

        Assert.Equal(5, test.Host.Services.GetRequiredService<IOptionsMonitor<EventConsumerOptions>>().Get("inventory").MaxConcurrency);
        Assert.Equal("broker:9092", test.Host.Services.GetRequiredService<IOptionsMonitor<KafkaClusterOptions>>().Get("Kafka").BootstrapServers);
    }

    [Fact]
    public async Task Options_whose_configuration_can_not_be_read_are_not_handed_out_as_if_it_could()
    {
        await using var test = new TestHost("""{ "Kafka": { "Consumers": { "inventory": { "MaxConcurrency": "many" } } } }""");
        test.Consumer();

        var thrown = Assert.Throws<OptionsValidationException>(() => test.Host.Services.GetRequiredService<IOptionsMonitor<EventConsumerOptions>>().Get("inventory"));
        Assert.Contains("'many' of Kafka:Consumers:inventory:MaxConcurrency", thrown.Message, StringComparison.Ordinal);
    }

    private static void SetsEveryProperty<TOptions>(string name, string section)
        where TOptions : class, new()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        AddTexts(settings, typeof(TOptions), section);

        using var services = Services(settings);
        var options = services.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);

        AssertSet(new TOptions(), options);
    }

    private static void AddTexts(Dictionary<string, string?> settings, Type options, string section)
    {
        foreach (var property in options.GetProperties())
        {
            if (IsNested(property)) AddTexts(settings, property.PropertyType, $"{section}:{property.Name}");
            else foreach (var (key, value) in Texts(property)) settings.Add($"{section}:{key}", value);
        }
    }

    private static void AssertSet(object untouched, object options)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            if (IsNested(property))
            {
                AssertSet(property.GetValue(untouched)!, property.GetValue(options)!);
                continue;
            }

            Assert.Equal(Expected(property, untouched), property.GetValue(options));
            Assert.NotEqual(property.GetValue(untouched), property.GetValue(options));
        }
    }

    private static bool IsNested(PropertyInfo property) => property.PropertyType == typeof(KafkaSecurityOptions);

    private static ServiceProvider Services(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddEventDriven(configuration.GetSection("Kafka"));
        services.AddEventConsumer("orders", "inventory", static _ => { });
        services.AddSingleton(new ProducerRegistration("orders", null));
        return services.BuildServiceProvider();
    }

    private static IEnumerable<(string Key, string Value)> Texts(PropertyInfo property) => Expected(property) switch
    {
        List<string> list => list.Select((item, index) => ($"{property.Name}:{index}", item)),
        Dictionary<string, IDictionary<int, long>> maps => maps.SelectMany(map => map.Value.Select(pair => ($"{property.Name}:{map.Key}:{pair.Key}", $"{pair.Value}"))),
        Dictionary<string, string> map => map.Select(pair => ($"{property.Name}:{pair.Key}", pair.Value)),
        DateTimeOffset time => [(property.Name, time.ToString("O", CultureInfo.InvariantCulture))],
        var value => [(property.Name, Convert.ToString(value, CultureInfo.InvariantCulture)!)],
    };

    /// <summary>A value for each kind of property that is no default; a new kind must be added here.</summary>
    private static object Expected(PropertyInfo property, object? untouched = null)
    {
        untouched ??= Activator.CreateInstance(property.DeclaringType!);
        var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return kind switch
        {
            _ when kind == typeof(string) => "text",
            _ when kind == typeof(bool) => property.GetValue(untouched) is not true,
            _ when kind == typeof(int) => 77,
            _ when kind == typeof(long) => 77_777L,
            _ when kind == typeof(TimeSpan) => TimeSpan.FromSeconds(77),
            _ when kind == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
            _ when kind == typeof(IList<string>) => new List<string> { "one", "two" },
            _ when kind == typeof(IDictionary<string, string>) => new Dictionary<string, string> { ["fetch.min.bytes"] = "7", ["client.rack"] = "a" },
            _ when kind == typeof(IDictionary<string, IDictionary<int, long>>) => new Dictionary<string, IDictionary<int, long>> { ["orders"] = new Dictionary<int, long> { [0] = 7, [3] = 8 } },
            _ when kind.IsEnum => Enum.GetValues(kind).GetValue(Enum.GetValues(kind).Length - 1)!,
            _ => throw new NotSupportedException($"A property of type {kind}: {property.Name}."),
        };
    }
}
