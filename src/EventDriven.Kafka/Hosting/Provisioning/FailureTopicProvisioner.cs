using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>
/// Sees to it that the topics for failed events are there and as they must be, before anything needs them: creates and extends them where the consumer says so, and
/// tells what else is wrong, with the command that mends it. Topics are only ever described: asking for metadata creates them on some brokers. Thread-safe.
/// </summary>
internal sealed partial class FailureTopicProvisioner(
    ITopicInspector inspector,
    IServiceProvider services,
    ClusterTopicAdmin brokers,
    TopicPartitions partitions,
    IOptionsMonitor<KafkaClusterOptions> clusters,
    TimeProvider time,
    ILogger<FailureTopicProvisioner> logger)
{
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(100);

    /// <summary>How often what was created is looked for, until all brokers know of it.</summary>
    private const int SettleLooks = 100;

    /// <summary>Looks once, and creates what is to be created.</summary>
    /// <returns>All that is wrong, empty if nothing is.</returns>
    public async Task<IReadOnlyList<ConfigurationError>> PrepareAsync(string cluster, IReadOnlyCollection<FailureTopicNeed> needs, CancellationToken cancellationToken)
    {
        if (needs.Count == 0)
        {
            return [];
        }

        var names = needs.SelectMany(static need => new[] { need.Topic.Name, need.Topic.Source }).ToHashSet(StringComparer.Ordinal);
        var found = await inspector.InspectAsync(cluster, names, cancellationToken).ConfigureAwait(false);
        if (found.Unreachable is { } reason)
        {
            return [.. needs.Select(static need => need.Subject).Distinct().Select(subject => Error(subject, $"its topics for failed events can't be looked at: no broker of the cluster '{cluster}' answers ({reason.TrimEnd('.')})."))];
        }

        var admin = services.GetKeyedService<ITopicAdmin>(cluster) ?? brokers;
        var settings = await admin.DescribeSettingsAsync(cluster, [.. found.Shapes.Keys], cancellationToken).ConfigureAwait(false);

        // What is wrong with a source is told by others.
        var known = needs.Where(need => found.Shapes.ContainsKey(need.Topic.Source)).ToArray();
        var errors = new List<ConfigurationError>();
        var created = await CreateAsync(admin, cluster, known, found, settings, errors, cancellationToken).ConfigureAwait(false);
        foreach (var need in known.Where(need => !created.Contains(need.Topic.Name)))
        {
            var problems = await CheckAsync(admin, cluster, need, found, settings, cancellationToken).ConfigureAwait(false);
            if (problems.Count > 0)
            {
                errors.Add(Error(need.Subject, $"'{need.Topic.Name}', {PurposeOf(need.Topic)}, is not as it must be: {string.Join(" ", problems)}"));
            }
        }

        foreach (var (topic, shape) in found.Shapes)
        {
            partitions.Note(cluster, topic, shape.Partitions);
        }

        return [.. errors.Distinct()];
    }

    private async Task<HashSet<string>> CreateAsync(
        ITopicAdmin admin,
        string cluster,
        FailureTopicNeed[] needs,
        TopicInspection found,
        IReadOnlyDictionary<string, TopicSettings> settings,
        List<ConfigurationError> errors,
        CancellationToken cancellationToken)
    {
        var missing = needs.Where(need => found.Missing.Contains(need.Topic.Name)).GroupBy(static need => need.Topic.Name, StringComparer.Ordinal);
        var created = new HashSet<string>(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var topic in missing)
        {
            var asked = FailureTopicRules.Combine(topic.Select(need => FailureTopicRules.Create(need.Topic, found.Shapes[need.Topic.Source], settings.GetValueOrDefault(need.Topic.Source))));
            var refused = topic.Any(static need => need.Provision) ? await admin.CreateAsync(cluster, asked, cancellationToken).ConfigureAwait(false) : "";
            done.Add(topic.Key);
            if (refused is null)
            {
                LogCreated(topic.Key, asked.Partitions, asked.Replicas, cluster);
                partitions.Note(cluster, topic.Key, asked.Partitions);
                created.Add(topic.Key);
                continue;
            }

            var why = refused.Length > 0 ? $"does not exist, and can't be created ({refused.TrimEnd('.')})" : "does not exist";
            var remedy = refused.Length > 0 ? "Create it" : "Say ProvisionTopics(), or create it";
            errors.AddRange(topic.Select(need => Error(
                need.Subject, $"'{topic.Key}', {PurposeOf(need.Topic)}, {why} on the cluster '{cluster}'. {remedy}: {CommandOf(cluster, asked)}")));
        }

        await UntilKnownAsync(cluster, created, cancellationToken).ConfigureAwait(false);
        return done;
    }

    /// <summary>The controller answers before the other brokers know.</summary>
    private async Task UntilKnownAsync(string cluster, HashSet<string> created, CancellationToken cancellationToken)
    {
        for (var look = 0; created.Count > 0 && look < SettleLooks; look++)
        {
            var found = await inspector.InspectAsync(cluster, created, cancellationToken).ConfigureAwait(false);
            if (found.Unreachable is null && found.Missing.Count == 0)
            {
                return;
            }

            await Task.Delay(SettlePause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<List<string>> CheckAsync(
        ITopicAdmin admin, string cluster, FailureTopicNeed need, TopicInspection found, IReadOnlyDictionary<string, TopicSettings> settings, CancellationToken cancellationToken)
    {
        var topic = need.Topic;
        var problems = new List<string>();
        if (found.Refused.TryGetValue(topic.Name, out var words))
        {
            problems.Add($"the cluster '{cluster}' refuses to describe it ({words.TrimEnd('.')}). {AclOf(cluster, topic.Name, "Write")}");
        }

        if (found.NotWritable.Contains(topic.Name))
        {
            problems.Add($"the principal of this client has no right to Write it. {AclOf(cluster, topic.Name, "Write")}");
        }

        if (topic.IsRead && found.NotReadable.Contains(topic.Name))
        {
            problems.Add($"the principal of this client has no right to Read it. {AclOf(cluster, topic.Name, "Read")}");
        }

        if (!found.Shapes.TryGetValue(topic.Name, out var shape))
        {
            return problems;
        }

        var least = FailureTopicRules.LeastPartitions(topic, found.Shapes[topic.Source]);
        if (shape.Partitions < least)
        {
            var refused = need.Provision ? await admin.ExtendAsync(cluster, topic.Name, least, cancellationToken).ConfigureAwait(false) : "";
            if (refused is null)
            {
                LogExtended(topic.Name, least, cluster);
            }
            else
            {
                var why = refused.Length > 0 ? $", which can't be changed ({refused.TrimEnd('.')})" : "";
                problems.Add($"it has {shape.Partitions} partition(s), and needs the {least} of '{topic.Source}'{why}. Extend it: {Tool("kafka-topics.sh", cluster)} --alter --topic {topic.Name} --partitions {least}");
            }
        }

        if (settings.TryGetValue(topic.Name, out var own) && FailureTopicRules.Check(topic, own, settings.GetValueOrDefault(topic.Source)).ToArray() is { Length: > 0 } wrong)
        {
            problems.Add(
                $"{string.Join("; ", wrong.Select(static one => one.Problem))}. Set: {Tool("kafka-configs.sh", cluster)} --alter --entity-type topics --entity-name {topic.Name} "
                + $"--add-config {string.Join(',', wrong.Select(static one => $"{one.Name}={one.Value}"))}");
        }

        return problems;
    }

    private static ConfigurationError Error(string subject, string problem) => new(subject, "OnFailure", problem);

    private static string PurposeOf(DerivedTopic topic) => topic.Kind switch
    {
        DerivedTopicKind.Retry => $"where events of '{topic.Source}' wait {topic.Delay} for their next attempt",
        DerivedTopicKind.Parked => $"where events of '{topic.Source}' are parked",
        _ => $"the dead letters of '{topic.Source}'",
    };

    private string Tool(string script, string cluster) => $"{script} --bootstrap-server {clusters.Get(cluster).BootstrapServers}";

    private string CommandOf(string cluster, NewTopic topic) =>
        $"{Tool("kafka-topics.sh", cluster)} --create --topic {topic.Name} --partitions {topic.Partitions} --replication-factor {topic.Replicas}"
        + string.Concat(topic.Settings.Select(static setting => $" --config {setting.Key}={setting.Value}"));

    private string AclOf(string cluster, string topic, string operation) =>
        $"Give it: {Tool("kafka-acls.sh", cluster)} --add --allow-principal User:NAME --operation {operation} --topic {topic}";

    [LoggerMessage(1010, LogLevel.Information, "The topic '{Topic}' was created with {Partitions} partition(s) of {Replicas} replica(s) on the cluster '{Cluster}'.")]
    private partial void LogCreated(string topic, int partitions, int replicas, string cluster);

    [LoggerMessage(1011, LogLevel.Information, "The topic '{Topic}' was extended to {Partitions} partitions on the cluster '{Cluster}'.")]
    private partial void LogExtended(string topic, int partitions, string cluster);
}
