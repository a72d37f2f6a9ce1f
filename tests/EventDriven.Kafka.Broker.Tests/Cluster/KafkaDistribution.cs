namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>The Apache Kafka distribution on this machine, named by the environment variable KAFKA_HOME.</summary>
public static class KafkaDistribution
{
    /// <summary>Why a test was skipped, and how to run it.</summary>
    public const string HowToRun =
        "Needs a real broker. Set KAFKA_HOME to the folder of an Apache Kafka 4 distribution (it needs a Java 17 runtime and bash): "
        + "the test starts its own brokers from it.";

    private static string? Home => Environment.GetEnvironmentVariable("KAFKA_HOME");

    /// <summary>Whether brokers can be started here.</summary>
    public static bool IsPresent => !OperatingSystem.IsWindows() && !string.IsNullOrEmpty(Home);

    /// <summary>The path of one of the distribution's scripts.</summary>
    public static string Script(string name)
    {
        string path = Path.Combine(Home ?? throw new InvalidOperationException(HowToRun), "bin", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"KAFKA_HOME is '{Home}', which is not a Kafka distribution: it has no bin/{name}.", path);
    }
}
