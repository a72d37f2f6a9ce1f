using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Configuration;

/// <summary>Makes the options of clusters; they are named as the clusters.</summary>
internal sealed class ClusterOptionsFactory(
    ClusterDirectory clusters,
    IEnumerable<IConfigureOptions<KafkaClusterOptions>> setups,
    IEnumerable<IPostConfigureOptions<KafkaClusterOptions>> postSetups,
    IEnumerable<IValidateOptions<KafkaClusterOptions>> validations)
    : SectionOptionsFactory<KafkaClusterOptions>(setups, postSetups, validations)
{
    protected override string Subject(string name) => $"cluster '{name}'";

    protected override IConfigurationSection? Section(string name) => clusters.Clusters.FirstOrDefault(cluster => cluster.Name == name)?.Section;

    protected override bool IsSection(string key) =>
        string.Equals(key, ConsumerRegistration.Section, StringComparison.OrdinalIgnoreCase)
        || string.Equals(key, ProducerRegistration.Section, StringComparison.OrdinalIgnoreCase)
        || string.Equals(key, TransactionalProducerRegistration.Section, StringComparison.OrdinalIgnoreCase);

    protected override bool IsNested(string key) => string.Equals(key, nameof(KafkaClusterOptions.Security), StringComparison.OrdinalIgnoreCase);

    protected override void Bind(IConfiguration section, KafkaClusterOptions options) => section.Bind(options);
}
