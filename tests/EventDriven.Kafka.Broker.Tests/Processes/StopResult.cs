namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>How a stop went.</summary>
internal sealed record StopResult(TimeSpan Took, int ExitCode);
