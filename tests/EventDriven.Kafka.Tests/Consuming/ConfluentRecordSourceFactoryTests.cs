using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Tests.Producing;

namespace EventDriven.Kafka.Tests.Consuming;

public class ConfluentRecordSourceFactoryTests
{
    private readonly LogLines _log = new();

    [Theory]
    [InlineData(ConsumerGroupProtocol.Consumer, "session.timeout.ms", "20000")]
    [InlineData(ConsumerGroupProtocol.Consumer, "heartbeat.interval.ms", "2000")]
    [InlineData(ConsumerGroupProtocol.Classic, "group.remote.assignor", "range")]
    public void Where_the_broker_chooses_the_protocol_a_setting_of_the_other_is_left_out_with_one_warning(ConsumerGroupProtocol protocol, string name, string value)
    {
        var config = Factory((name, value)).CreateConfig(protocol);

        Assert.DoesNotContain(config, setting => setting.Key == name);
        var line = Assert.Single(_log.All);
        Assert.Equal(120, line.Id);
        Assert.StartsWith($"Consumer 'inventory': {name} is not used", line.Text, StringComparison.Ordinal);
        using var accepted = new ConsumerBuilder<Ignore, Ignore>(config).Build();
    }

    [Theory]
    [InlineData(ConsumerGroupProtocol.Classic, "session.timeout.ms", "20000")]
    [InlineData(ConsumerGroupProtocol.Classic, "heartbeat.interval.ms", "2000")]
    [InlineData(ConsumerGroupProtocol.Consumer, "group.remote.assignor", "range")]
    public void A_setting_of_the_protocol_itself_is_used(ConsumerGroupProtocol protocol, string name, string value)
    {
        var config = Factory((name, value)).CreateConfig(protocol);

        Assert.Contains(new KeyValuePair<string, string>(name, value), config);
        Assert.Empty(_log.All);
        using var accepted = new ConsumerBuilder<Ignore, Ignore>(config).Build();
    }

    [Theory]
    [InlineData(ConsumerGroupProtocol.Classic, "classic", "cooperative-sticky")]
    [InlineData(ConsumerGroupProtocol.Consumer, "consumer", null)]
    public void The_client_commits_only_what_the_engine_stores_and_starts_where_the_engine_says(ConsumerGroupProtocol protocol, string name, string? strategy)
    {
        var settings = Factory().CreateConfig(protocol).ToDictionary();

        Assert.Equal("inventory", settings["group.id"]);
        Assert.Equal("true", settings["enable.auto.commit"], ignoreCase: true);
        Assert.Equal("false", settings["enable.auto.offset.store"], ignoreCase: true);
        Assert.Equal("earliest", settings["auto.offset.reset"]);
        Assert.Equal("true", settings["enable.partition.eof"], ignoreCase: true);
        Assert.Equal(name, settings["group.protocol"]);
        Assert.Equal(strategy, settings.GetValueOrDefault("partition.assignment.strategy"));
    }

    [Fact]
    public void Records_are_taken_many_at_a_time_unless_the_switch_of_the_application_says_otherwise()
    {
        var factory = Factory(("bootstrap.servers", "127.0.0.1:1"));
        using var many = Assert.IsType<ConfluentRecordSource>(factory.Create(ConsumerGroupProtocol.Consumer));
        AppContext.SetSwitch(ConfluentRecordSourceFactory.OneByOneSwitch, true);
        try
        {
            using var oneByOne = Assert.IsType<ConfluentRecordSource>(factory.Create(ConsumerGroupProtocol.Consumer));
            Assert.False(oneByOne.TakesBatches);
        }
        finally
        {
            AppContext.SetSwitch(ConfluentRecordSourceFactory.OneByOneSwitch, false);
        }

        Assert.True(many.TakesBatches);
        Assert.Equal(0, _log.Count(134));
    }

    private ConfluentRecordSourceFactory Factory(params (string Name, string Value)[] client) => new(
        new ConsumerSettings
        {
            Name = "inventory",
            Cluster = "Kafka",
            Options = new EventConsumerOptions { Topics = ["orders"], Group = "inventory" },
            CreateClientConfig = () => new ConsumerConfig(client.ToDictionary(static setting => setting.Name, static setting => setting.Value)),
        },
        _log);
}
