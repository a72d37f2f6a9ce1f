using System.Runtime.CompilerServices;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>A theory that needs a real broker; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrokerTheoryAttribute : TheoryAttribute
{
    public BrokerTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = KafkaDistribution.HowToRun;
        SkipType = typeof(KafkaDistribution);
        SkipUnless = nameof(KafkaDistribution.IsPresent);
    }
}
