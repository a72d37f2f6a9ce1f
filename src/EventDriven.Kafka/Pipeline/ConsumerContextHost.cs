using Confluent.Kafka;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal class ConsumerContextHost(string consumerName, string group, IServiceScopeFactory scopes, KeyReader? keys) : EventContextHost
{
    public override string ConsumerName => consumerName;

    public KeyReader? Keys => keys;

    public override string Group => group;

    public override EventHeaders ReadHeaders(object? rawHeaders) => ConfluentHeaders.To((Headers?)rawHeaders);

    public override bool TryGetHeader(object? rawHeaders, string name, out ReadOnlyMemory<byte> value)
    {
        value = rawHeaders is Headers headers && headers.TryGetLastBytes(name, out var bytes) ? bytes : default(ReadOnlyMemory<byte>);
        return !value.IsEmpty;
    }

    public override IServiceProvider GetServices(EventContext context) =>
        ((IServiceScope)(context.Scope ??= CreateScope())).ServiceProvider;

    protected IServiceScope CreateScope() => scopes.CreateScope();

    public override TKey ReadKey<TKey>(EventContext context)
    {
        if (keys is KeyReader<TKey> own)
        {
            return own.Read(context);
        }

        if (keys is not null)
        {
            throw new InvalidOperationException(
                $"Consumer '{consumerName}' reads keys as {keys.KeyType}, and GetKey was called for a {typeof(TKey)}. Ask for that type, or change Key<{keys.KeyType.Name}>() of the consumer.");
        }

        var serializer = KeySerializers.TryGet<TKey>() ?? throw new InvalidOperationException(
            $"Consumer '{consumerName}' has no serializer for keys of type {typeof(TKey)}. Give it one: .Key<{typeof(TKey).Name}>(k => k.UseSerializer(…)).");
        return new KeyReader<TKey>(consumerName, serializer).Read(context);
    }
}
