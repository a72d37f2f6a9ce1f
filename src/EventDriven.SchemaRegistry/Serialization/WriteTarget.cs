namespace EventDriven.SchemaRegistry;

/// <summary>What is known of the schema by which events of one topic are written.</summary>
internal sealed class WriteTarget<T>(string topic, string subject)
{
    private volatile State? _state;

    public string Topic => topic;

    public string Subject => subject;

    /// <summary>The last binding; it may be over its time.</summary>
    public WriteBinding<T>? Last => _state?.Binding;

    public void Bind(WriteBinding<T> binding, TimeProvider time, TimeSpan? ttl) => _state = new State(binding, null, time.GetTimestamp(), ttl);

    public void Refuse(EventSerializationException failure, TimeProvider time, TimeSpan ttl) => _state = new State(null, failure, time.GetTimestamp(), ttl);

    /// <summary>What to write with; null where the registry has to be asked.</summary>
    /// <exception cref="EventSerializationException">The registry has said not long ago that there is no schema to write with.</exception>
    public WriteBinding<T>? Current(TimeProvider time)
    {
        if (_state is not { } state || (state.Ttl is { } ttl && time.GetElapsedTime(state.Since) >= ttl)) return null;

        return state.Failure is null ? state.Binding : throw new EventSerializationException(state.Failure.Message, state.Failure.EventType, state.Failure.InnerException);
    }

    private sealed record State(WriteBinding<T>? Binding, EventSerializationException? Failure, long Since, TimeSpan? Ttl);
}
