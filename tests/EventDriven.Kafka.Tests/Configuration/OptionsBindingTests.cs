using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Tests.Configuration;

public class OptionsBindingTests
{
    /// <summary>Where the options of each class are in configuration.</summary>
    private static readonly Dictionary<Type, (string Name, string Section)> Sections = new()
    {
        [typeof(KafkaClusterOptions)] = ("Kafka", "Kafka"),
        [typeof(EventConsumerOptions)] = ("inventory", "Kafka:Consumers:inventory"),
        [typeof(EventProducerOptions)] = ("orders", "Kafka:Producers:orders"),
        [typeof(TransactionalProducerOptions)] = ("payments", "Kafka:TransactionalProducers:payments"),
    };

    public static TheoryData<string, string> Properties
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (type, (_, section)) in Sections)
            {
                foreach (var path in Leaves(type)) data.Add(type.Name, string.Join(':', path.Select(static property => property.Name)));
            }

            return data;
        }
    }

    [Fact]
    public void Every_class_of_options_has_its_section()
    {
        var nested = Sections.Keys.SelectMany(static type => Leaves(type)).SelectMany(static path => path).Select(static property => property.DeclaringType!);

        Assert.Equal(
            [.. typeof(KafkaClusterOptions).Assembly.GetExportedTypes().Where(static type => type.Name.EndsWith("Options", StringComparison.Ordinal)).Select(static type => type.Name).Order()],
            nested.Select(static type => type.Name).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void An_option_can_be_set_in_a_json_file(string options, string property) => Sets(options, property, static (configuration, settings) =>
        configuration.AddJsonStream(new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(Tree(settings)))));

    [Theory]
    [MemberData(nameof(Properties))]
    public void An_option_can_be_set_by_environment_variables(string options, string property) => Sets(options, property, (configuration, settings) =>
    {
        var prefix = $"{options}_{property}_";
        foreach (var (key, value) in settings) Environment.SetEnvironmentVariable(prefix + key.Replace(":", "__", StringComparison.Ordinal), value);
        configuration.AddEnvironmentVariables(prefix);
    });

    [Theory]
    [MemberData(nameof(Properties))]
    public void An_option_can_be_set_in_code(string options, string property)
    {
        var path = Path(options, property);
        var services = new ServiceCollection();
        services.AddEventDriven("Kafka", cluster => Set(cluster, path));
        services.AddEventConsumer("orders", "inventory", c => c.Configure(consumer => Set(consumer, path)));
        services.AddEventProducer<string>("orders", p => p.Configure(producer => Set(producer, path)));
        services.AddTransactionalProducer("payments", p => p.Configure(producer => Set(producer, path)));
        using var provider = services.BuildServiceProvider();

        Assert.Equal(Expected(path[^1]), Get(Options(provider, path[0].DeclaringType!), path));
    }

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
    public void Of_several_sources_the_later_wins_and_their_lists_are_merged_item_by_item()
    {
        Environment.SetEnvironmentVariable("LAYERS_Kafka__Consumers__inventory__MaxConcurrency", "256");
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(Json("""{ "Kafka": { "Consumers": { "inventory": { "MaxConcurrency": 8, "MaxReplay": 9, "Topics": [ "a", "b", "c" ] } } } }"""))
            .AddJsonStream(Json("""{ "Kafka": { "Consumers": { "inventory": { "MaxConcurrency": 128, "CommitInterval": "00:00:00.500", "Topics": [ "x" ] } } } }"""))
            .AddEnvironmentVariables("LAYERS_");
        using var services = Services(configuration.Build());

        var options = (EventConsumerOptions)Options(services, typeof(EventConsumerOptions));

        Assert.Equal(256, options.MaxConcurrency);
        Assert.Equal(9, options.MaxReplay);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.CommitInterval);
        Assert.Equal(["x", "b", "c"], options.Topics);
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

    /// <summary>The properties of a class, each with the way to it: those of a class of options inside another one too.</summary>
    private static IEnumerable<PropertyInfo[]> Leaves(Type options) => options.GetProperties().SelectMany(static property =>
        property.PropertyType is { IsClass: true } type && type.Assembly == typeof(KafkaClusterOptions).Assembly
            ? Leaves(type).Select(path => new[] { property }.Concat(path).ToArray())
            : [[property]]);

    private static PropertyInfo[] Path(string options, string property) => Sections.Keys.Where(type => type.Name == options).SelectMany(Leaves)
        .Single(path => string.Join(':', path.Select(static step => step.Name)) == property);

    private static void Sets(string options, string property, Action<ConfigurationBuilder, Dictionary<string, string?>> add)
    {
        var path = Path(options, property);
        var root = path[0].DeclaringType!;
        var section = string.Join(':', path[..^1].Select(static step => step.Name).Prepend(Sections[root].Section));
        var configuration = new ConfigurationBuilder();
        add(configuration, Texts(path[^1]).ToDictionary(text => $"{section}:{text.Key}", static text => (string?)text.Value, StringComparer.Ordinal));

        using var services = Services(configuration.Build());
        var bound = Options(services, root);

        Assert.Equal(Expected(path[^1]), Get(bound, path));
        Assert.NotEqual(Get(Activator.CreateInstance(root)!, path), Get(bound, path));
    }

    private static object Options(ServiceProvider services, Type type)
    {
        var monitor = services.GetRequiredService(typeof(IOptionsMonitor<>).MakeGenericType(type));
        return monitor.GetType().GetMethod(nameof(IOptionsMonitor<>.Get))!.Invoke(monitor, [Sections[type].Name])!;
    }

    private static object? Get(object options, PropertyInfo[] path) => path.Aggregate<PropertyInfo, object?>(options, static (value, step) => step.GetValue(value));

    private static void Set(object options, PropertyInfo[] path)
    {
        if (path[0].DeclaringType == options.GetType()) path[^1].SetValue(Get(options, path[..^1]), Expected(path[^1]));
    }

    /// <summary>Keys as the tree that a JSON file has.</summary>
    private static JsonObject Tree(Dictionary<string, string?> settings)
    {
        var root = new JsonObject();
        foreach (var (key, value) in settings)
        {
            var parts = key.Split(':');
            var parent = root;
            foreach (var part in parts[..^1]) parent = (JsonObject)(parent[part] ??= new JsonObject());
            parent[parts[^1]] = value;
        }

        return root;
    }

    private static MemoryStream Json(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));

    private static ServiceProvider Services(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddEventDriven(configuration.GetSection("Kafka"));
        services.AddEventConsumer("orders", "inventory", static _ => { });
        services.AddEventProducer<string>("orders");
        services.AddTransactionalProducer("payments");
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
    private static object Expected(PropertyInfo property)
    {
        var untouched = Activator.CreateInstance(property.DeclaringType!);
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
