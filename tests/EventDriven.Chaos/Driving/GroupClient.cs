using Confluent.Kafka;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>A client that speaks for a group without being a member of it.</summary>
internal static class GroupClient
{
    public static IConsumer<Ignore, Ignore> Create(string servers, ChaosService service) =>
        new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = servers, GroupId = service.Group, EnableAutoCommit = false })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
}
