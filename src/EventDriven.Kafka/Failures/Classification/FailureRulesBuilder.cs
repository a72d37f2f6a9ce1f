using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka;

/// <summary>
/// Says what kind of failure exceptions are, for all consumers of the host; what a consumer says in its <see cref="EventConsumerBuilder.OnFailure"/> goes before it.
/// Not thread-safe; used only while services are registered.
/// </summary>
/// <remarks>Of several rules that apply, the first said holds. A predicate that throws counts as one that does not apply, which is logged.</remarks>
public sealed class FailureRulesBuilder
{
    private readonly List<FailureRule> _rules = [];

    internal FailureRulesBuilder()
    {
    }

    /// <inheritdoc cref="FailurePolicyBuilder.TreatAsOutage"/>
    public FailureRulesBuilder TreatAsOutage<TException>(Func<TException, bool>? when = null)
        where TException : Exception => Treat(FailureClass.Outage, when);

    /// <inheritdoc cref="FailurePolicyBuilder.TreatAsFatal"/>
    public FailureRulesBuilder TreatAsFatal<TException>(Func<TException, bool>? when = null)
        where TException : Exception => Treat(FailureClass.Fatal, when);

    /// <inheritdoc cref="FailurePolicyBuilder.TreatAsTransient"/>
    public FailureRulesBuilder TreatAsTransient<TException>(Func<TException, bool>? when = null)
        where TException : Exception => Treat(FailureClass.Transient, when);

    internal CommonFailureRules Build() => new([.. _rules]);

    private FailureRulesBuilder Treat<TException>(FailureClass failure, Func<TException, bool>? when)
        where TException : Exception
    {
        _rules.Add(FailureRule.For(failure, when));
        return this;
    }
}
