using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class RegistrationTests
{
    [Fact]
    public void Two_producers_of_one_type_without_a_key_are_an_error_with_the_remedy()
    {
        var error = Assert.Single(ErrorsOf(static services =>
        {
            services.AddEventProducer<string>("orders");
            services.AddEventProducer<string>("payments");
        }));
        Assert.Contains("AddKeyedEventProducer", error.Problem, StringComparison.Ordinal);
        Assert.Contains("'orders', 'payments'", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_producers_of_one_type_with_the_same_key_are_an_error()
    {
        Assert.Single(ErrorsOf(static services =>
        {
            services.AddKeyedEventProducer<string>("a", "orders");
            services.AddKeyedEventProducer<string>("a", "payments");
        }));
    }

    [Fact]
    public void Producers_of_one_type_with_keys_of_their_own_are_told_apart()
    {
        static void Register(IServiceCollection services)
        {
            services.AddEventProducer<string>("orders");
            services.AddKeyedEventProducer<string>("audit", "audit");
            services.AddEventProducer<byte[]>("orders");
        }

        Assert.Empty(ErrorsOf(Register));
        using var services = ProducerHost.Services(Register, static cluster => cluster.BootstrapServers = "localhost:1").BuildServiceProvider();
        var unkeyed = services.GetRequiredService<IEventProducer<string>>();
        Assert.Same(unkeyed, services.GetRequiredService<IEventProducer<string>>());
        Assert.NotSame(unkeyed, services.GetRequiredKeyedService<IEventProducer<string>>("audit"));
    }

    [Fact]
    public void A_key_or_an_event_without_a_serializer_is_an_error()
    {
        var errors = ErrorsOf(static services =>
        {
            services.AddEventProducer<string>("orders", static p => p.KeyedBy(static e => new Uri(e)));
            services.AddEventProducer<Action>("actions", static p => p.UseSerializers(static _ => throw new NotSupportedException("No schema for Action.")));
        });
        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, static error => error.Property == "KeyedBy" && error.Problem.Contains("System.Uri", StringComparison.Ordinal));
        Assert.Contains(errors, static error => error.Problem.Contains("No schema for Action.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_with_its_own_serializer_needs_no_other() =>
        Assert.Empty(ErrorsOf(static services => services.AddEventProducer<string>("orders", static p => p.KeyedBy(static e => e, Utf8Serializer.Instance))));

    [Fact]
    public void Serializers_of_keys_are_for_the_type_of_the_keys()
    {
        var errors = ErrorsOf(static services =>
        {
            services.AddEventProducer<string>("a", static p => p.Key<string>(static k => k.UseSerializer(Utf8Serializer.Instance)));
            services.AddKeyedEventProducer<string>("b", "b", static p => p.KeyedBy(static e => e.Length).Key<string>(static k => k.UseSerializer(Utf8Serializer.Instance)));
            services.AddKeyedEventProducer<string>("c", "c", static p => p.KeyedBy(static e => e).Key<string>(static k => k.Deserialize(Confluent.Kafka.Deserializers.Utf8)));
            services.AddKeyedEventProducer<string>("e", "e", static p => p.KeyedBy(static e => e, Utf8Serializer.Instance).Key<string>(static k => k.UseSerializer(Utf8Serializer.Instance)));
            services.AddKeyedEventProducer<string>("d", "d", static p => p.KeyedBy(static e => new Uri(e)).Key<Uri>(static k => k.UseJson(System.Text.Json.JsonSerializerOptions.Web)));
        });

        Assert.Equal(
            [
                "producer 'a', Key: it says how keys of type System.String are written, and events have no key. Give them one with KeyedBy.",
                "producer 'b', Key: it says how keys of type System.String are written, and KeyedBy selects keys of type System.Int32. Say it for that type.",
                "producer 'c', Key: a deserializer was given, and a producer needs a serializer: k.Serialize(with: …).",
                "producer 'e', KeyedBy: a serializer of keys was given to KeyedBy, and another by Key. Keep one.",
            ],
            errors.Select(static error => error.ToString()));
    }

    [Fact]
    public void Middleware_that_can_not_be_made_is_told_at_start()
    {
        var errors = ErrorsOf(static services => services.AddEventProducer<string>("orders", static p => p
            .Use<Version>(1, 2).Use<NeedsTenants>().Use<IProducerMiddleware>().Use<NeedsTenants>("tenant")));

        Assert.Collection(
            errors,
            static error => Assert.Contains("is neither an IProducerMiddleware nor an IProducerMiddleware<String>", error.Problem, StringComparison.Ordinal),
            static error => Assert.Contains("asks for", error.Problem, StringComparison.Ordinal),
            static error => Assert.Contains("is not registered in dependency injection", error.Problem, StringComparison.Ordinal),
            static error => Assert.Contains("with the arguments given", error.Problem, StringComparison.Ordinal));
        Assert.All(errors, static error => Assert.Equal("producer 'orders', Use", $"{error.Subject}, {error.Property}"));
    }

    [Fact]
    public void What_CloudEvents_does_not_allow_is_told_at_start()
    {
        var errors = ErrorsOf(static services => services.AddEventProducer<string>("orders", static p => p
            .EventType("order\nplaced").Configure(static options => options.Source = "no uri")));

        Assert.Equal(["Source", "EventType"], errors.Select(static error => error.Property));
    }

    [Fact]
    public void One_name_for_different_topics_is_an_error()
    {
        var error = Assert.Single(ErrorsOf(static services =>
        {
            services.AddEventProducer<string>("orders", static p => p.Named("shop"));
            services.AddEventProducer<byte[]>("payments", static p => p.Named("shop"));
        }));
        Assert.Equal("Named", error.Property);
    }

    [Fact]
    public void Names_that_configuration_can_not_tell_apart_or_find_are_an_error()
    {
        var errors = ErrorsOf(static services =>
        {
            services.AddEventProducer<string>("orders");
            services.AddEventProducer<byte[]>("Orders");
            services.AddEventProducer<Guid>("ids", static p => p.Named("a:b"));
        });
        Assert.Equal(["producer 'orders', Named", "producer 'a:b', Named"], errors.Select(static error => $"{error.Subject}, {error.Property}"));
    }

    [Fact]
    public void Producers_may_share_a_name_for_one_topic_whether_or_not_they_name_its_cluster() =>
        Assert.Empty(ErrorsOf(static services =>
        {
            services.AddEventProducer<string>("orders");
            services.AddEventProducer<byte[]>("orders", static p => p.OnCluster("kafka"));
        }));

    [Fact]
    public void Settings_that_the_library_must_own_and_topics_that_cannot_be_are_errors()
    {
        var errors = ErrorsOf(static services => services.AddEventProducer<string>("no topic", static p => p
            .ConfigureClient(static client => client.EnableDeliveryReports = false).Configure(static options => options.Source = "")));
        Assert.Contains(errors, static error => error.Property.Contains("dotnet.producer.enable.delivery.reports", StringComparison.Ordinal));
        Assert.Contains(errors, static error => error.Property == nameof(EventProducerOptions.Topic));
        Assert.Contains(errors, static error => error.Property == nameof(EventProducerOptions.Source));
        Assert.All(errors, static error => Assert.Equal("producer 'no topic'", error.Subject));
    }

    [Fact]
    public void Producers_with_equal_settings_share_one_client_and_others_do_not()
    {
        using var services = ProducerHost.Services(
            static services =>
            {
                services.AddEventProducer<string>("orders");
                services.AddEventProducer<byte[]>("payments");
                services.AddEventProducer<Guid>("audit", static p => p.Configure(static options => options.Linger = TimeSpan.FromSeconds(1)));
            },
            static cluster => cluster.BootstrapServers = "localhost:1").BuildServiceProvider();
        var pool = services.GetRequiredService<ProducerClientPool>();
        var composer = services.GetRequiredService<ProducerSettingsComposer>();
        var clients = services.GetServices<ProducerBlueprint>().Select(producer => pool.Get("Kafka", composer.Compose(producer, [])!.Client)).ToArray();

        Assert.Same(clients[0], clients[1]);
        Assert.NotSame(clients[0], clients[2]);
    }

    internal interface ITenants;

    internal sealed class NeedsTenants(ITenants tenants) : IProducerMiddleware
    {
        public ValueTask InvokeAsync(ProduceContext context, ProduceDelegate next) => tenants is null ? default : next(context);
    }

    private static List<ConfigurationError> ErrorsOf(Action<IServiceCollection> register)
    {
        using var services = ProducerHost.Services(register, static cluster => cluster.BootstrapServers = "localhost:1").BuildServiceProvider();
        var errors = new List<ConfigurationError>();
        foreach (var check in services.GetServices<IRegistrationCheck>()) check.Check(errors);
        return errors;
    }
}
