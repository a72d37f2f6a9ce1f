using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// How many partitions topics have, found out by describing them: asking for their metadata, as a producer does, creates them on some brokers. What is known
/// stays so until a write finds it wrong. Thread-safe.
/// </summary>
internal sealed class TopicPartitions(ITopicInspector inspector, TimeProvider time)
{
    /// <summary>What could not be found out is asked for again after this time, however many ask.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Cluster, string Topic), int> _known = [];
    private readonly Dictionary<(string Cluster, string Topic), (Task<TopicInspection> Asked, long At)> _looks = [];

    /// <summary>Keeps what somebody has found out.</summary>
    public void Note(string cluster, string topic, int partitions)
    {
        lock (_gate)
        {
            _known[(cluster, topic)] = partitions;
            _looks.Remove((cluster, topic));
        }
    }

    /// <summary>Has a topic looked at again: a write has found that what is known of it is wrong.</summary>
    public void Forget(string cluster, string topic)
    {
        lock (_gate)
        {
            _known.Remove((cluster, topic));
        }
    }

    /// <summary>The number of partitions of a topic.</summary>
    /// <exception cref="EventProduceException">By the task: there is no such topic, or nobody tells.</exception>
    public ValueTask<int> CountAsync(string cluster, string topic)
    {
        lock (_gate)
        {
            return _known.TryGetValue((cluster, topic), out var partitions) ? new(partitions) : new(LookAsync(cluster, topic));
        }
    }

    private async Task<int> LookAsync(string cluster, string topic)
    {
        var found = await Ask(cluster, topic).ConfigureAwait(false);
        if (found.Shapes.TryGetValue(topic, out var shape))
        {
            Note(cluster, topic, shape.Partitions);
            return shape.Partitions;
        }

        throw found switch
        {
            { Unreachable: { } reason } => NotWritten(topic, $"no broker of the cluster '{cluster}' answers ({reason.TrimEnd('.')})", ProduceFailureReason.TimedOut),
            _ when found.Refused.TryGetValue(topic, out var words) => NotWritten(topic, $"the cluster '{cluster}' refuses to describe it ({words.TrimEnd('.')})", ProduceFailureReason.NotAuthorized),
            _ => NotWritten(topic, $"the topic does not exist on the cluster '{cluster}'. Create it", ProduceFailureReason.UnknownTopicOrPartition),
        };
    }

    private Task<TopicInspection> Ask(string cluster, string topic)
    {
        lock (_gate)
        {
            if (_looks.TryGetValue((cluster, topic), out var look) && (!look.Asked.IsCompleted || time.GetElapsedTime(look.At) < Pause))
            {
                return look.Asked;
            }

            var asked = inspector.InspectAsync(cluster, [topic], CancellationToken.None);
            _looks[(cluster, topic)] = (asked, time.GetTimestamp());
            return asked;
        }
    }

    private static EventProduceException NotWritten(string topic, string why, ProduceFailureReason reason) =>
        new($"A failed event was not written to '{topic}': {why}.", topic, null, reason);
}
