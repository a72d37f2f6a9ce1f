using Confluent.Kafka;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal sealed class ConsumerContextHost(string consumerName, string group, IServiceScopeFactory scopes) : EventContextHost
{
    public override string ConsumerName => consumerName;

    public override string Group => group;

    public override EventHeaders ReadHeaders(object? rawHeaders) => ConfluentHeaders.To((Headers?)rawHeaders);

    public override IServiceProvider GetServices(EventContext context) =>
        ((IServiceScope)(context.Scope ??= scopes.CreateScope())).ServiceProvider;

    /// <summary>The bytes of the last header of a name, without converting the others; as middleware left it, where one has read the headers.</summary>
    public static bool TryGetHeader(EventContext context, string name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (context.HeadersIfRead is { } headers)
        {
            if (!headers.TryGetLast(name, out var header) || header.Value is not { } memory)
            {
                return false;
            }

            value = memory.Span;
            return true;
        }

        if (context.RawHeaders is not Headers raw || !raw.TryGetLastBytes(name, out var bytes) || bytes is null)
        {
            return false;
        }

        value = bytes;
        return true;
    }
}
