namespace EventDriven.Kafka.Tests.Telemetry;

/// <summary>Listeners hear every host of the process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(TelemetryCollection), DisableParallelization = true)]
public sealed class TelemetryCollection;
