using EventDriven.Kafka.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Producing;

/// <summary>The middleware of one producer, composed once, at start. Thread-safe.</summary>
internal sealed class ProducerPipeline
{
    private readonly IServiceScopeFactory _scopes;
    private readonly string[] _names;

    private ProducerPipeline(ProduceDelegate chain, string[] names, IServiceScopeFactory scopes)
    {
        Chain = chain;
        _names = names;
        _scopes = scopes;
    }

    /// <summary>All steps, the last of which sends.</summary>
    public ProduceDelegate Chain { get; }

    public static ProducerPipeline Compose<T>(IReadOnlyList<ProducerMiddlewareDescriptor> middleware, ServiceLookup services)
    {
        ProduceDelegate next = context =>
        {
            Enter(context, middleware.Count, middleware[^1].Name);
            return context.Send(context);
        };
        for (var i = middleware.Count - 1; i >= 0; i--) next = Step(i, i == 0 ? "The producer" : middleware[i - 1].Name, middleware[i].Compose<T>(services), next);

        return new ProducerPipeline(next, [.. middleware.Select(static one => one.Name)], services.Root.GetRequiredService<IServiceScopeFactory>());
    }

    /// <summary>The services of one event; their scope is kept in <see cref="ProduceContext.Scope"/>.</summary>
    public IServiceProvider ServicesOf(ProduceContext context) => ((AsyncServiceScope)(context.Scope ??= _scopes.CreateAsyncScope())).ServiceProvider;

    /// <summary>Who stopped an event that did not come to its last step.</summary>
    public string LastOf(ProduceContext context) => _names[Math.Clamp(context.NextStep - 1, 0, _names.Length - 1)];

    private static ProduceDelegate Step(int step, string caller, Func<ProduceContext, ProduceDelegate, ValueTask> middleware, ProduceDelegate next) => context =>
    {
        Enter(context, step, caller);
        return middleware(context, next);
    };

    private static void Enter(ProduceContext context, int step, string caller)
    {
        if (context.NextStep != step)
        {
            throw new InvalidOperationException(
                $"{caller} called next a second time for an event for topic '{context.Topic}', or after its call. An event is sent once; to produce it again is its caller's task.");
        }

        context.NextStep = step + 1;
    }
}
