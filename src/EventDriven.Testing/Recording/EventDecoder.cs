using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Testing;

/// <summary>Turns recorded bytes into events, by the serializers of the host. Thread-safe.</summary>
internal sealed class EventDecoder(IServiceProvider services)
{
    private const string TypeHeader = "ce_type";

    private readonly ConcurrentDictionary<(string? Consumer, string Topic, Type Type), object> _serializers = new();
    private readonly Lazy<ILookup<string, Type>> _names = new(() => NamesOf(services));

    /// <summary>Decodes a record as a type, if it is of that type.</summary>
    /// <param name="recorded">The record.</param>
    /// <param name="consumer">The consumer whose serializer is asked first; null for a record of a topic.</param>
    /// <param name="event">The event.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryDecode<T>(RecordedEvent recorded, string? consumer, [NotNullWhen(true)] out T? @event, out DecodingProblem problem)
    {
        @event = default;
        if (recorded.RawValue is not { } value)
        {
            problem = new DecodingProblem("it is a tombstone");
            return false;
        }

        // Almost any JSON object would decode as almost any type: what says that it is another one is not tried.
        if (recorded.Headers.GetText(TypeHeader) is { } name && _names.Value.Contains(name) && !_names.Value[name].Contains(typeof(T)))
        {
            problem = new DecodingProblem($"its header {TypeHeader} says '{name}'");
            return false;
        }

        try
        {
            var serializer = (IEventSerializer<T>)_serializers.GetOrAdd((consumer, recorded.Topic, typeof(T)), _ => SerializerOf<T>(consumer, recorded.Topic));
            var reading = serializer.DeserializeAsync(value, new EventSerializationContext(recorded.Topic, EventComponent.Value, recorded.Headers), CancellationToken.None);
            var read = reading.IsCompleted ? reading.Result : reading.AsTask().GetAwaiter().GetResult();
            if (read is null)
            {
                problem = new DecodingProblem("it decodes to null");
                return false;
            }

            @event = read;
            problem = default;
            return true;
        }
        catch (Exception exception) when (exception is EventSerializationException or NotSupportedException)
        {
            problem = new DecodingProblem(exception.Message.TrimEnd('.'), exception);
            return false;
        }
    }

    private IEventSerializer<T> SerializerOf<T>(string? consumer, string topic)
    {
        var consumers = services.GetServices<ConsumerRegistration>().Where(static registration => registration.Pipeline.Handlers.Exists(static handler => handler.EventType == typeof(T))).ToList();
        var producers = services.GetServices<ProducerBlueprint>().OfType<ProducerBlueprint<T>>().ToList();
        if (consumers.Find(registration => registration.Name == consumer) is { } own) return own.Pipeline.SerializerOf<T>(services);
        if (producers.Find(producer => producer.Topic == topic) is { } writer) return writer.CreateSerializer(services);
        if (consumers.Find(registration => registration.Topics.Contains(topic)) is { } reader) return reader.Pipeline.SerializerOf<T>(services);
        if (producers is [var only, ..]) return only.CreateSerializer(services);
        return consumers is [var other, ..] ? other.Pipeline.SerializerOf<T>(services) : JsonEventSerializerFactory.Default.Create<T>(EventComponent.Value);
    }

    /// <summary>The types that the host knows, by the names that records give them.</summary>
    private static ILookup<string, Type> NamesOf(IServiceProvider services)
    {
        var consumers = services.GetServices<ConsumerRegistration>().ToList();
        var written = services.GetServices<ProducerBlueprint>().Select(static producer => (Name: producer.EventTypeName, Type: producer.EventType));
        var handled = consumers.SelectMany(static consumer => consumer.Pipeline.Handlers).Select(static handler => (Name: handler.EventType.FullName!, Type: handler.EventType));
        var named = consumers.SelectMany(static consumer => consumer.Pipeline.EventTypeNames).Select(static name => (Name: name.Key, Type: name.Value));
        return written.Concat(handled).Concat(named).ToLookup(static known => known.Name, static known => known.Type, StringComparer.Ordinal);
    }
}
