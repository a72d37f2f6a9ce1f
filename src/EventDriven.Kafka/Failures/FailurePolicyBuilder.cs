using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;
using Microsoft.Extensions.DependencyInjection;
using Polly.Registry;

namespace EventDriven.Kafka;

/// <summary>Says what happens to an event that fails.</summary>
/// <remarks>
/// At the end of the chain the partition stops: nothing past the event is committed, health turns red, the other partitions go on.
/// Bytes that do not decode, tombstones that nobody handles and unknown event types are not tried again but go straight to that end: no attempt can help.
/// An attempt that fails while its partition is being revoked, or the host is stopping, is left to the next owner of the partition.
/// </remarks>
public sealed class FailurePolicyBuilder
{
    private readonly List<Retrying> _retries = [];

    internal FailurePolicyBuilder()
    {
    }

    /// <summary>Tries a failed event again where it is, while what comes after it in order waits and everything else goes on.</summary>
    /// <param name="retries">How many more attempts follow the first: 3 means at most four calls of the handler. From 1 to 999.</param>
    /// <param name="delay">
    /// About how long to wait before the second attempt: from zero to 1 day. Each further delay is about twice the one before, up to 1 minute (or to
    /// <paramref name="delay"/> where that is longer), spread at random so that lanes that failed together do not come back together. A revocation or stop ends a delay at once.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>A policy has one <c>Retry</c>. Numbers out of range are reported at start.</remarks>
    public FailurePolicyBuilder Retry(int retries, TimeSpan delay)
    {
        _retries.Add(new Retrying(retries, delay, null));
        return this;
    }

    /// <summary>Runs all attempts, the first included, inside a resilience pipeline of Polly that the application has registered (<c>services.AddResiliencePipeline(name, …)</c>).</summary>
    /// <param name="pipelineName">The name of the pipeline. A name that is not registered is reported at start.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>
    /// The pipeline sees the exceptions of the attempts that may succeed another time. When a timeout strategy fires, the handler's token does, and the attempt is awaited.
    /// Whatever the pipeline says, attempts run one after the other, and an event is tried at most 1,000 times. A policy has one <c>Retry</c>.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="pipelineName"/> is null or blank.</exception>
    public FailurePolicyBuilder Retry(string pipelineName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pipelineName);
        _retries.Add(new Retrying(0, default, pipelineName));
        return this;
    }

    internal void Check(IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
    {
        if (_retries.Count > 1)
        {
            errors.Add(new ConfigurationError(subject, "OnFailure", "Retry was said more than once. Keep one; several strategies belong into one named Polly pipeline."));
        }

        foreach (var retry in _retries)
        {
            retry.Check(root, subject, errors);
        }
    }

    internal InPlaceRetry? BuildRetry(IServiceProvider root, TimeProvider time) => _retries switch
    {
        [] => null,
        [{ PipelineName: { } name }] => new NamedRetry(root.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline(name)),
        [var retry] => new CountedRetry(retry.Retries, retry.Delay, time),
        _ => throw new InvalidOperationException("Retry was said more than once."),
    };

    private sealed record Retrying(int Retries, TimeSpan Delay, string? PipelineName)
    {
        public void Check(IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
        {
            if (PipelineName is not null)
            {
                CheckPipeline(PipelineName, root, subject, errors);
                return;
            }

            if (Retries is < 1 or >= InPlaceRetry.MaxAttempts)
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"Retry({Retries}, …): the number of retries must be from 1 to {InPlaceRetry.MaxAttempts - 1}. Leave Retry out for none."));
            }

            if (Delay < TimeSpan.Zero || Delay > TimeSpan.FromDays(1))
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"Retry(…, {Delay}): the delay must be from zero to 1 day."));
            }
        }

        private static void CheckPipeline(string name, IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
        {
            try
            {
                if (root.GetService<ResiliencePipelineProvider<string>>()?.TryGetPipeline(name, out _) is true)
                {
                    return;
                }
            }
            catch (Exception exception)
            {
                errors.Add(new ConfigurationError(subject, "OnFailure", $"Retry(\"{name}\"): the resilience pipeline can't be built: {exception.Message}"));
                return;
            }

            errors.Add(new ConfigurationError(
                subject, "OnFailure", $"Retry(\"{name}\"): no resilience pipeline of that name is registered. Register it: services.AddResiliencePipeline(\"{name}\", …)."));
        }
    }
}
