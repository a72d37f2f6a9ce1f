using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Pipeline;

/// <summary>
/// Composes a blueprint into one delegate, once, at start. Steps are numbered from 0: untyped middleware in the order written, the step that opens envelopes,
/// reads the key, finds the type and reads the event, typed middleware in the order written, the handler.
/// </summary>
internal sealed class PipelineComposer(
    PipelineBlueprint blueprint, IServiceProvider root, ConsumerSettings settings, TimeProvider time, IPipelineObserver? observer)
{
    private readonly MiddlewareDescriptor[] _untyped = [.. blueprint.Middleware.Where(middleware => middleware.IsUntyped)];

    private KeyReader? _keys;

    public PipelineBlueprint Blueprint => blueprint;

    public ConsumerSettings Settings => settings;

    public ServiceLookup Services { get; } = blueprint.LookUp(root);

    public IPipelineObserver? Observer => observer;

    /// <summary>Where events come together; set by the handler of a consumer of batches.</summary>
    public IBatchJoint? Joint { get; set; }

    public int FirstTypedStep => _untyped.Length + 1;

    public IEventPipeline Compose()
    {
        var events = ComposeEvents();
        return Joint is null ? events : new BatchPipeline(events, Joint, root.GetRequiredService<IServiceScopeFactory>());
    }

    private EventPipeline ComposeEvents()
    {
        _keys = blueprint.Key?.Compose(settings.Name, root);
        var loggers = Loggers;
        var policy = blueprint.Failures.Build(root.GetServices<CommonFailureRules>(), loggers.CreateLogger<FailureClassifier>());
        var delays = observer?.Observe(settings, time) ?? time;
        var telemetry = new ProcessTelemetry(root.GetRequiredService<Instruments>(), settings.Name, settings.Group, time);
        var routes = blueprint.Handlers.ConvertAll(handler => handler.Compose(this)).ToArray();
        return new EventPipeline
        {
            Chain = InTransactions(Chain(routes)),
            OnlyRoute = routes is [var only] ? only : null,
            StepNames = [.. _untyped.Select(middleware => middleware.Name)],
            HasMiddleware = blueprint.Middleware.Count > 0,
            Host = new ConsumerContextHost(settings.Name, settings.Group, root.GetRequiredService<IServiceScopeFactory>(), _keys),
            AttemptTimeout = settings.Options.AttemptTimeout,
            Time = time,
            DelayTime = delays,
            Held = Held,
            Policy = policy,
            Failures = policy.HasSteps ? CreateChain(policy, telemetry) : null,
            Retry = blueprint.Failures.BuildRetry(root, delays),
            Telemetry = telemetry,
            Log = new PipelineLog(loggers.CreateLogger<EventPipeline>(), settings.Name),
        };
    }

    private HeldEvents Held => root.GetRequiredService<HeldEvents>();

    private ILoggerFactory Loggers => root.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    private FailureChain CreateChain(FailurePolicy policy, ProcessTelemetry telemetry)
    {
        var logger = Loggers.CreateLogger<FailureChain>();
        return new FailureChain(policy, root.GetRequiredService<HandOverLogs>().For(settings, logger), settings.Topics, settings.Name, settings.Group, logger, time, Held, telemetry,
            settings.Transactions is { } outputs ? new TransactionalHandOver(outputs, root.GetRequiredService<TopicPartitions>(), settings.Name, time) : null);
    }

    /// <summary>Around everything else, so that what middleware produces is part of the transaction too.</summary>
    private EventDelegate InTransactions(EventDelegate chain) => settings.Transactions is { } outputs
        ? new TransactionStep(root.GetRequiredService<AmbientTransaction>(), outputs, chain).InvokeAsync
        : chain;

    private EventDelegate Chain(EventRoute[] routes)
    {
        EventDelegate next = routes is [var only] && !blueprint.ExpectsOtherTypes ? only.InvokeAsync : new EventRouter(settings.Name, routes, blueprint, blueprint.TypeReaderOf(root)).InvokeAsync;
        if (_keys is not null)
        {
            next = _keys.Before(next);
        }

        if (settings.Options.StructuredCloudEvents is StructuredCloudEvents.Unwrap)
        {
            next = new EnvelopeStep(settings.Name, next).InvokeAsync;
        }

        if (blueprint.Middleware.Count == 0)
        {
            return next;
        }

        var read = next;
        var last = _untyped is [.., var innermost] ? innermost.Name : "The consumer";
        next = context =>
        {
            PipelineSteps.Enter(context, _untyped.Length, last);
            return read(context);
        };
        for (var i = _untyped.Length - 1; i >= 0; i--)
        {
            var caller = i == 0 ? "The consumer" : _untyped[i - 1].Name;
            next = new MiddlewareStep(i, caller, _untyped[i].Compose(Services), next).InvokeAsync;
        }

        return next;
    }
}
