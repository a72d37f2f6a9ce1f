using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Hosting;

/// <summary>What a client meets while it tries to reach a cluster. Thread-safe.</summary>
internal sealed class ContactProblems
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Error? _security;
    private Error? _last;

    /// <summary>Completes when all brokers were tried and refuse this client: going on would change nothing, while one that is down may come up.</summary>
    public Task Refused => _refused.Task;

    public void Note(Error error)
    {
        lock (_gate)
        {
            if (SecurityRemedies.For(error.Code, error.Reason) is not null) _security = error;
            // That all are down says less than why.
            if (error.Code != ErrorCode.Local_AllBrokersDown) _last = error;
            else if (_security is not null) _refused.TrySetResult();
            else _last ??= error;
        }
    }

    /// <summary>Why a broker closed a connection is in the client's log only.</summary>
    public void Note(LogMessage line)
    {
        // The thread's name comes first.
        var text = line.Message.IndexOf("]: ", StringComparison.Ordinal);
        var error = new Error(ErrorCode.Local_Transport, line.Message[(text < 0 ? 0 : text + 3)..]);
        if (SecurityRemedies.For(error.Code, error.Reason) is null) return;

        lock (_gate) _security ??= error;
    }

    public TopicInspection ToInspection(string otherwise)
    {
        lock (_gate)
        {
            return _security is { } security
                ? new TopicInspection { Unreachable = security.Reason, Remedy = SecurityRemedies.For(security.Code, security.Reason) }
                : new TopicInspection { Unreachable = _last?.Reason ?? otherwise };
        }
    }
}
