namespace EventDriven.Kafka.Configuration;

/// <summary>The first phase of validation: all that can be told without a cluster.</summary>
internal sealed class RegistrationValidator(IEnumerable<IRegistrationCheck> checks)
{
    /// <exception cref="EventDrivenConfigurationException">Something is wrong; it names everything that is.</exception>
    public void Validate()
    {
        var errors = new List<ConfigurationError>();
        foreach (var check in checks) check.Check(errors);
        ThrowIfAny(errors);
    }

    public static void ThrowIfAny(IReadOnlyCollection<ConfigurationError> errors)
    {
        if (errors.Count == 0) return;

        var texts = errors.Select(static error => error.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        throw new EventDrivenConfigurationException(
            texts.Length == 1 ? "EventDriven can't start, one thing is wrong:" : $"EventDriven can't start, {texts.Length} things are wrong:", texts);
    }
}
