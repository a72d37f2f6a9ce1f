using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Testing;

/// <summary>What stands behind a context that a test has built.</summary>
internal sealed class BuiltContextHost(string consumerName, string group, IServiceProvider? services, object? key) : EventContextHost
{
    public override string ConsumerName => consumerName;

    public override string Group => group;

    public override EventHeaders ReadHeaders(object? rawHeaders) => (EventHeaders)rawHeaders!;

    public override IServiceProvider GetServices(EventContext context) => services
        ?? throw new InvalidOperationException($"This context has no services. Give it some: new {nameof(EventContextBuilder)}().{nameof(EventContextBuilder.WithServices)}(services).");

    public override TKey ReadKey<TKey>(EventContext context) => key switch
    {
        TKey typed => typed,
        _ when KeySerializers.TryGet<TKey>() is { } serializer => new KeyReader<TKey>(consumerName, serializer).Read(context),
        _ => throw new InvalidOperationException(
            $"This context has no key of type {typeof(TKey)}. Give it one with its bytes: new {nameof(EventContextBuilder)}().{nameof(EventContextBuilder.WithKey)}(key, bytes)."),
    };
}
