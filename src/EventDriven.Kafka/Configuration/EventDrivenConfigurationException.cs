namespace EventDriven.Kafka;

/// <summary>
/// The registrations or their configuration are wrong, or the cluster is not as they need it. Thrown when the host starts, with everything that is wrong.
/// </summary>
public sealed class EventDrivenConfigurationException : EventDrivenException
{
    internal EventDrivenConfigurationException(string summary, IEnumerable<string> errors)
        : this(summary, errors.ToArray())
    {
    }

    private EventDrivenConfigurationException(string summary, string[] errors)
        : base($"{summary}{string.Concat(errors.Select(static error => $"{Environment.NewLine}  - {error}"))}", null) => Errors = errors;

    /// <summary>All that is wrong, one sentence or two each: whose registration, which property, and what to do.</summary>
    public IReadOnlyList<string> Errors { get; }
}
