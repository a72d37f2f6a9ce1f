namespace EventDriven.Kafka.Failures;

/// <summary>What the application says of an exception.</summary>
/// <param name="Applies">Whether it is about this exception.</param>
/// <param name="Class">What such an exception is.</param>
internal sealed record FailureRule(Func<Exception, bool> Applies, FailureClass Class);
