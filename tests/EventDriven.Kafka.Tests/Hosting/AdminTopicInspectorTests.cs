using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Tests.Hosting;

public class AdminTopicInspectorTests
{
    [Fact]
    public async Task Missing_topics_are_named_and_not_created_by_asking()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders");
        await using var services = Services(kafka.BootstrapServers);
        var inspector = Inspector(services, TimeSpan.FromSeconds(10));

        for (var look = 0; look < 2; look++)
        {
            var found = await inspector.InspectAsync("Kafka", ["orders", "returns"], CancellationToken.None);

            Assert.Null(found.Unreachable);
            Assert.Equal(["returns"], found.Missing);
            Assert.Empty(found.Refused);
        }
    }

    [Fact]
    public async Task Without_a_broker_the_answer_says_what_the_client_met()
    {
        await using var services = Services("127.0.0.1:1");
        var inspector = Inspector(services, TimeSpan.FromMilliseconds(500));

        var found = await inspector.InspectAsync("Kafka", ["orders"], CancellationToken.None);

        Assert.Contains("127.0.0.1:1", found.Unreachable, StringComparison.Ordinal);
        Assert.Contains("refused", found.Unreachable, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_look_ends_when_the_host_stops()
    {
        await using var services = Services("127.0.0.1:1");
        var inspector = Inspector(services, TimeSpan.FromMinutes(1));
        using var stop = new CancellationTokenSource();

        var look = inspector.InspectAsync("Kafka", ["orders"], stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => look.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static ServiceProvider Services(string bootstrapServers)
    {
        var services = new ServiceCollection();
        services.AddEventDriven("Kafka", options => options.BootstrapServers = bootstrapServers);
        return services.BuildServiceProvider();
    }

    private static AdminTopicInspector Inspector(ServiceProvider services, TimeSpan timeout) =>
        new(services.GetRequiredService<IOptionsMonitor<KafkaClusterOptions>>(), services.GetRequiredService<ClientConfigComposer>()) { Timeout = timeout };
}
