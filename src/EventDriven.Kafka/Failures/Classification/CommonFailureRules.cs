namespace EventDriven.Kafka.Failures;

/// <summary>Rules that hold for all consumers of the host, behind each consumer's own.</summary>
internal sealed record CommonFailureRules(IReadOnlyList<FailureRule> Rules);
