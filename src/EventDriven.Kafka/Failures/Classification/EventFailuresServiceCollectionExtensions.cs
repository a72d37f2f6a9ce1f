using EventDriven.Kafka;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says what failures are, for all consumers of a host.</summary>
public static class EventFailuresServiceCollectionExtensions
{
    /// <summary>Says what kind of failure exceptions are, for all consumers of the host. Several calls add up, in their order.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Says the rules.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks>A consumer's own rules, said in its <see cref="EventConsumerBuilder.OnFailure"/>, go before these.</remarks>
    public static IServiceCollection ClassifyEventFailures(this IServiceCollection services, Action<FailureRulesBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var rules = new FailureRulesBuilder();
        configure(rules);
        return services.AddSingleton(rules.Build());
    }
}
