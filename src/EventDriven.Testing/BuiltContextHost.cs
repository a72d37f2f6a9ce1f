namespace EventDriven.Testing;

/// <summary>What stands behind a context that a test has built.</summary>
internal sealed class BuiltContextHost(string consumerName, string group, IServiceProvider? services) : EventContextHost
{
    public override string ConsumerName => consumerName;

    public override string Group => group;

    public override EventHeaders ReadHeaders(object? rawHeaders) => (EventHeaders)rawHeaders!;

    public override IServiceProvider GetServices(EventContext context) => services
        ?? throw new InvalidOperationException($"This context has no services. Give it some: new {nameof(EventContextBuilder)}().{nameof(EventContextBuilder.WithServices)}(services).");
}
