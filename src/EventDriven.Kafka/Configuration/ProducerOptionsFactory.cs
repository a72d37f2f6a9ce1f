using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Configuration;

/// <summary>Makes the options of producers; they are named as the producers.</summary>
internal sealed class ProducerOptionsFactory(
    ClusterDirectory clusters,
    IEnumerable<ProducerRegistration> producers,
    IEnumerable<IConfigureOptions<EventProducerOptions>> setups,
    IEnumerable<IPostConfigureOptions<EventProducerOptions>> postSetups,
    IEnumerable<IValidateOptions<EventProducerOptions>> validations)
    : SectionOptionsFactory<EventProducerOptions>(setups, postSetups, validations)
{
    protected override string Subject(string name) => $"producer '{name}'";

    protected override IConfigurationSection? Section(string name) =>
        producers.FirstOrDefault(producer => producer.Name == name) is { } producer ? clusters.SectionOf(producer) : null;

    protected override void Bind(IConfiguration section, EventProducerOptions options) => section.Bind(options);
}
