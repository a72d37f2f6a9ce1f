namespace EventDriven.Kafka.Failures;

/// <summary>What the application says of an exception.</summary>
/// <param name="Applies">Whether it is about this exception.</param>
/// <param name="Class">What such an exception is.</param>
internal sealed record FailureRule(Func<Exception, bool> Applies, FailureClass Class)
{
    public static FailureRule For<TException>(FailureClass failure, Func<TException, bool>? when)
        where TException : Exception => new(exception => exception is TException one && (when is null || when(one)), failure);
}
