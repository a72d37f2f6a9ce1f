namespace EventDriven.Abstractions.Tests;

internal sealed class TestContextHost : EventContextHost, IServiceProvider
{
    public int HeadersRead { get; private set; }

    public override string ConsumerName => "billing";

    public override string Group => "billing-group";

    public override EventHeaders ReadHeaders(object? rawHeaders)
    {
        HeadersRead++;
        return new EventHeaders().Add("raw", (string?)rawHeaders);
    }

    public override IServiceProvider GetServices(EventContext context) => this;

    public int KeysRead { get; private set; }

    public override TKey ReadKey<TKey>(EventContext context)
    {
        KeysRead++;
        return (TKey)(object)Convert.ToHexString(context.RawKey!);
    }

    public object? GetService(Type serviceType) => null;
}
