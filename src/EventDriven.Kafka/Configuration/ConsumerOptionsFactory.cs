using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Configuration;

/// <summary>Makes the options of consumers; they are named as the consumers.</summary>
internal sealed class ConsumerOptionsFactory(
    ClusterDirectory clusters,
    IEnumerable<ConsumerRegistration> consumers,
    IEnumerable<IConfigureOptions<EventConsumerOptions>> setups,
    IEnumerable<IPostConfigureOptions<EventConsumerOptions>> postSetups,
    IEnumerable<IValidateOptions<EventConsumerOptions>> validations)
    : SectionOptionsFactory<EventConsumerOptions>(setups, postSetups, validations)
{
    protected override string Subject(string name) => Find(name)?.Subject ?? $"consumer '{name}'";

    protected override IConfigurationSection? Section(string name) => Find(name) is { } consumer ? clusters.SectionOf(consumer) : null;

    protected override bool IsList(string key) => string.Equals(key, nameof(EventConsumerOptions.Topics), StringComparison.OrdinalIgnoreCase);

    protected override void ClearList(EventConsumerOptions options, string key) => options.Topics = [];

    protected override void Bind(IConfiguration section, EventConsumerOptions options) => section.Bind(options);

    private ConsumerRegistration? Find(string name) => consumers.FirstOrDefault(consumer => consumer.Name == name);
}
