using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Testing;

/// <summary>
/// Sees what a host produces and consumes, for the test of a whole service: added by <c>services.AddEventRecorder()</c>, taken from the host's services.
/// What it returns can be looked at as any list, or by <see cref="EventAssertions"/>. Thread-safe.
/// </summary>
/// <remarks>It keeps everything that was consumed until the host ends: it is for tests, not for benchmarks and never for production.</remarks>
/// <example>
/// <code>
/// var events = host.Services.GetRequiredService&lt;EventRecorder&gt;();
/// var reserved = await events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) =&gt; order.OrderId == "A-1", patience);
/// events.Consumed("inventory").ExpectKeyOrder();
/// </code>
/// </example>
public sealed class EventRecorder
{
    private readonly ConcurrentDictionary<string, Recording> _recordings = new(StringComparer.Ordinal);
    private readonly IServiceProvider _services;
    private readonly EventDecoder _decoder;
    private readonly TopicReader _reader;
    private long _moment;

    internal EventRecorder(IServiceProvider services)
    {
        _services = services;
        _decoder = new EventDecoder(services);
        _reader = new TopicReader(services, _decoder);
    }

    /// <summary>What a consumer has consumed since the start of the host, in the order in which the events came to their end.</summary>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise.</param>
    /// <returns>The events so far. One that is delivered again is there again.</returns>
    /// <exception cref="InvalidOperationException">There is no such consumer.</exception>
    public IReadOnlyList<ConsumedEvent> Consumed(string consumer) => Find(consumer).Consumed;

    /// <summary>Waits until a consumer has handled an event, has filtered it, or has failed at it for good.</summary>
    /// <typeparam name="T">The type of the event; others do not count.</typeparam>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise.</param>
    /// <param name="match">Which event.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The event with its outcome: the first since the start of the host.</returns>
    /// <exception cref="InvalidOperationException">There is no such consumer, the host was not started, or the consumer has ended.</exception>
    /// <exception cref="OperationCanceledException">The waiting was ended; the message lists what was consumed.</exception>
    public Task<ConsumedEvent> WaitUntilConsumedAsync<T>(string consumer, Func<T, bool> match, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(match);
        return WaitUntilConsumedAsync(consumer, (ConsumedEvent one) => one.TryGetEvent<T>(out var @event) && match(@event), cancellationToken);
    }

    /// <summary>Waits until a consumer has come to the end of a record that its key, headers or outcome tell, whatever is in it: bytes that are no event, say.</summary>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise.</param>
    /// <param name="match">Which record.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The first since the start of the host. What was given back unfinished is passed over.</returns>
    /// <exception cref="InvalidOperationException">There is no such consumer, the host was not started, or the consumer has ended.</exception>
    /// <exception cref="OperationCanceledException">The waiting was ended; the message lists what was consumed.</exception>
    public async Task<ConsumedEvent> WaitUntilConsumedAsync(string consumer, Func<ConsumedEvent, bool> match, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(match);
        var recording = Find(consumer);
        ConsumedEvent? found = null;
        var looked = 0;
        await WaitAsync(
            consumer,
            recording,
            () =>
            {
                var consumed = recording.Consumed;
                for (; looked < consumed.Count && found is null; looked++)
                {
                    if (consumed[looked] is { Outcome: not EventOutcome.Unfinished } one && match(one)) found = one;
                }

                return found is not null;
            },
            cancellationToken).ConfigureAwait(false);
        if (found!.Outcome == EventOutcome.Failed) await WaitUntilStoppedAsync(consumer, found, cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>
    /// Waits until an event of a consumer has failed an attempt and waits for its next one, by <c>Retry(retries, delay)</c>: the moment to move the host's clock.
    /// </summary>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that completes when one does; at once where one does already. After the clock has passed its delay, it does no more.</returns>
    /// <exception cref="InvalidOperationException">There is no such consumer, the host was not started, or the consumer has ended.</exception>
    /// <exception cref="OperationCanceledException">The waiting was ended; the message lists what was consumed.</exception>
    /// <remarks>Delays of a named Polly pipeline are not seen: such a pipeline has a clock of its own.</remarks>
    public Task WaitUntilBackingOffAsync(string consumer, CancellationToken cancellationToken = default)
    {
        var recording = Find(consumer);
        return WaitAsync(consumer, recording, () => recording.IsBackingOff, cancellationToken);
    }

    /// <summary>Reads what a topic holds at the time of the call, whoever produced it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cluster">The name of the cluster; null (the default) for that of the host's producer or consumer of the topic, or else the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The events, those of each partition in their order.</returns>
    /// <exception cref="InvalidOperationException">There is no such topic, or no cluster is named and the topic is used on several.</exception>
    /// <exception cref="Confluent.Kafka.KafkaException">The brokers do not answer.</exception>
    /// <exception cref="OperationCanceledException">The reading was ended; the message lists what was read.</exception>
    public Task<IReadOnlyList<ProducedEvent>> ProducedAsync(string topic, string? cluster = null, CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(topic, cluster, null, cancellationToken);

    /// <inheritdoc cref="ProducedAsync(string, string?, CancellationToken)"/>
    public Task<IReadOnlyList<ProducedEvent>> ProducedAsync(string topic, CancellationToken cancellationToken) => ProducedAsync(topic, null, cancellationToken);

    /// <summary>Waits until a topic holds an event, whoever produces it.</summary>
    /// <typeparam name="T">The type of the event; others do not count.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="match">Which event.</param>
    /// <param name="cluster">The name of the cluster; null (the default) for that of the host's producer or consumer of the topic, or else the first.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The event: the first that matches in its partition.</returns>
    /// <exception cref="InvalidOperationException">There is no such topic, or no cluster is named and the topic is used on several.</exception>
    /// <exception cref="Confluent.Kafka.KafkaException">The brokers do not answer.</exception>
    /// <exception cref="OperationCanceledException">The waiting was ended; the message lists what the topic held.</exception>
    public async Task<ProducedEvent> WaitUntilProducedAsync<T>(
        string topic, Func<T, bool> match, string? cluster = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        var read = await _reader
            .ReadAsync(topic, cluster, produced => produced.TryGetEvent<T>(out var @event) && match(@event), cancellationToken).ConfigureAwait(false);
        return read[^1];
    }

    /// <inheritdoc cref="WaitUntilProducedAsync{T}(string, Func{T, bool}, string?, CancellationToken)"/>
    public Task<ProducedEvent> WaitUntilProducedAsync<T>(string topic, Func<T, bool> match, CancellationToken cancellationToken) =>
        WaitUntilProducedAsync(topic, match, null, cancellationToken);

    /// <summary>The outcome is recorded just before the engine acts on it: whoever looks at the health now, or retries, must find the partition stopped.</summary>
    private async Task WaitUntilStoppedAsync(string consumer, ConsumedEvent failed, CancellationToken cancellationToken)
    {
        var engine = EventConsumerWaitingExtensions.EngineOf(_services, consumer);
        var id = new PartitionId(failed.Topic, failed.Partition);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopped = engine.WaitUntilAsync(
            snapshot => snapshot.Assignments.FirstOrDefault(assignment => assignment.Id == id) is not { StoppedAt: null } assignment || assignment.Position > failed.Offset,
            waiting.Token);
        await Task.WhenAny(stopped, engine.Completion).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    internal Recording RecordingOf(string consumer) =>
        _recordings.GetOrAdd(consumer, name => new Recording(name, _decoder, () => Interlocked.Increment(ref _moment)));

    private Recording Find(string consumer)
    {
        EventConsumerWaitingExtensions.Find(_services, consumer);
        return RecordingOf(consumer);
    }

    private async Task WaitAsync(string consumer, Recording recording, Func<bool> condition, CancellationToken cancellationToken)
    {
        var engine = EventConsumerWaitingExtensions.EngineOf(_services, consumer);
        while (true)
        {
            var changed = recording.Changed;
            if (condition()) return;

            try
            {
                await Task.WhenAny(changed, engine.Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                throw new OperationCanceledException(
                    $"The time to wait for consumer '{consumer}' was over.{EventAssertions.Describe(recording.Consumed)}", exception, cancellationToken);
            }

            // What ends last is recorded before the consumer completes.
            if (engine.Completion.IsCompleted && !condition()) throw EventConsumerWaitingExtensions.Ended(engine.Name, await engine.Completion.ConfigureAwait(false));
        }
    }
}
