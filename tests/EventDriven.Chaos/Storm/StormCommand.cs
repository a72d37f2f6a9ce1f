using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Storm;

/// <summary>Runs of the rebalance storm, one after the other, each on a topic of its own.</summary>
internal static class StormCommand
{
    /// <summary>How many runs a broker serves: with eighty partitions more for each, its small heap is full after some fifty.</summary>
    private const int RunsOfBroker = 20;

    /// <summary>
    /// Sessions last as long as they do unless they are configured, those of members and that of the broker with its controller: neither is given up because the machine is busy, and
    /// a member that leaves without a word is missed for long.
    /// </summary>
    private static readonly KeyValuePair<string, string>[] s_sessions = [new("group.consumer.session.timeout.ms", "45000"), new("broker.session.timeout.ms", "9000")];

    /// <returns>Whether every run lost nothing, kept every key in order and came to its end.</returns>
    public static async Task<bool> RunAsync(ChaosOptions options)
    {
        ConsumerGroupProtocol[] protocols = options.Protocol is { } one ? [one] : [ConsumerGroupProtocol.Classic, ConsumerGroupProtocol.Consumer];
        var folder = options.Report ?? Path.Combine("artifacts", "chaos", $"storm-{options.Seed}");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        Console.WriteLine($"Storm: --events {options.Events} --seconds {options.Seconds} --runs {options.Runs} --seed {options.Seed}. The logs of the members will be in {folder}.");
        var failed = 0;
        foreach (var runs in protocols.SelectMany(protocol => Enumerable.Range(1, options.Runs).Select(run => (Protocol: protocol, Run: run))).Chunk(RunsOfBroker))
        {
            await using var kafka = await KafkaCluster.StartAsync(properties: s_sessions);
            foreach (var (protocol, run) in runs)
            {
                var name = $"storm-{protocol.ToString().ToLowerInvariant()}-{run}";
                var storm = new StormRun(kafka, protocol, name, options.Events, TimeSpan.FromSeconds(options.Seconds), options.Seed + run, folder);
                var problems = await storm.RunAsync();
                failed += problems.Count == 0 ? 0 : 1;
                Console.WriteLine($"{name}: {storm.Summary}. {(problems.Count == 0 ? "Passed" : "FAILED")}.");
                foreach (var problem in problems.Take(20))
                {
                    Console.WriteLine($"  {problem}");
                }
            }
        }

        Console.WriteLine($"{(protocols.Length * options.Runs) - failed} of {protocols.Length * options.Runs} storms passed. Seed {options.Seed}.");
        return failed == 0;
    }
}
