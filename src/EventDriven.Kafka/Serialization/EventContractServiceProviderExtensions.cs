using EventDriven;
using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Shows what the producers and consumers of a host have agreed on with others.</summary>
public static class EventContractServiceProviderExtensions
{
    /// <summary>The schemas of all events and keys that the host writes and reads, for a build that registers, publishes or checks them. Nobody is asked, and the host need not be started.</summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>The contracts: those of producers first, in the order of their registration. What has no schema is left out, such as JSON without a registry.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="NotSupportedException">A type has no schema; the message says what to change. It is told when the host starts too.</exception>
    public static IReadOnlyList<EventContract> GetEventContracts(this IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return [.. Produced(services), .. Consumed(services)];
    }

    private static IEnumerable<EventContract> Produced(IServiceProvider services)
    {
        foreach (var producer in services.GetServices<ProducerBlueprint>())
        {
            var topic = services.GetRequiredService<IOptionsMonitor<EventProducerOptions>>().Get(producer.Registration.Name).Topic;
            foreach (var (component, type, schema) in producer.Schemas(services))
            {
                if (schema.Describe(topic, component) is not { } described) continue;

                yield return new EventContract { Owner = producer.Registration.Subject, IsProduced = true, Topic = topic, Component = component, EventType = type, Schema = described };
            }
        }
    }

    private static IEnumerable<EventContract> Consumed(IServiceProvider services)
    {
        foreach (var consumer in services.GetServices<ConsumerRegistration>())
        {
            var pipeline = consumer.Pipeline;
            var serializers = pipeline.Handlers.Select(handler => (Component: EventComponent.Value, Type: handler.EventType, Serializer: handler.CreateSerializer(pipeline, services))).ToList();
            if (pipeline.Key is { } key) serializers.Add((EventComponent.Key, key.KeyType, key.CreateSerializer(services)));
            foreach (var topic in services.GetRequiredService<IOptionsMonitor<EventConsumerOptions>>().Get(consumer.Name).Topics)
            {
                foreach (var (component, type, serializer) in serializers)
                {
                    if ((serializer as IEventSchema)?.Describe(topic, component) is not { } described) continue;

                    yield return new EventContract { Owner = consumer.Subject, IsProduced = false, Topic = topic, Component = component, EventType = type, Schema = described };
                }
            }
        }
    }
}
