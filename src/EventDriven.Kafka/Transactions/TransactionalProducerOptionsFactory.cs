using EventDriven.Kafka.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Transactions;

/// <summary>Makes the options of transactional producers; they are named as the producers.</summary>
internal sealed class TransactionalProducerOptionsFactory(
    ClusterDirectory clusters,
    IEnumerable<TransactionalProducerRegistration> producers,
    IEnumerable<IConfigureOptions<TransactionalProducerOptions>> setups,
    IEnumerable<IPostConfigureOptions<TransactionalProducerOptions>> postSetups,
    IEnumerable<IValidateOptions<TransactionalProducerOptions>> validations)
    : SectionOptionsFactory<TransactionalProducerOptions>(setups, postSetups, validations)
{
    protected override string Subject(string name) => $"transactional producer '{name}'";

    protected override IConfigurationSection? Section(string name) =>
        producers.FirstOrDefault(producer => producer.Name == name) is { } producer ? clusters.SectionOf(producer) : null;

    protected override void Bind(IConfiguration section, TransactionalProducerOptions options) => section.Bind(options);
}
