using System.Reflection;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Producing;

/// <summary>What one call of <c>AddEventProducer</c> has collected, and how to make the producer of it.</summary>
internal sealed class ProducerBlueprint<T> : ProducerBlueprint
{
    private const string LogCategory = "EventDriven.Kafka.Producing";

    private IServiceCollection? _services;

    public required Func<IServiceProvider, EventKey<T>>? CreateKey { get; init; }

    /// <summary>The type of the keys; null where there are none.</summary>
    public required Type? KeyType { get; init; }

    /// <summary>The type of the keys that serializers were chosen for; null where none were.</summary>
    public required Type? ChosenKeyType { get; init; }

    public required IReadOnlyList<ProducerMiddlewareDescriptor> Middleware { get; init; }

    public required Func<IServiceProvider, IEventSerializerFactory>? SerializerFactory { get; init; }

    public override Type EventType => typeof(T);

    public override void Check(IServiceProvider services, ICollection<ConfigurationError> errors)
    {
        services.GetRequiredService<ProducerSettingsComposer>().Compose(this, errors);
        CreateSerializer(services, errors);
        CreateEventKey(services, errors);
        CheckMiddleware(services, errors);
        if (EventTypeName.Any(char.IsControl))
        {
            errors.Add(new ConfigurationError(Registration.Subject, nameof(EventProducerBuilder<>.EventType), "the name has a control character, which CloudEvents does not allow."));
        }
    }

    /// <summary>Registers middleware as scoped, unless the application registers it itself, before or afterwards.</summary>
    public void AddServices(IServiceCollection services)
    {
        _services = services;
        foreach (var middleware in Middleware)
        {
            if (middleware is { Type: { IsAbstract: false } type, Arguments.Length: 0 }) services.TryAddScoped(type);
        }
    }

    /// <summary>Makes the producer.</summary>
    /// <exception cref="EventDrivenConfigurationException">The registration or its configuration has errors: all are told.</exception>
    public IEventProducer<T> Build(IServiceProvider services)
    {
        var errors = new List<ConfigurationError>();
        var settings = services.GetRequiredService<ProducerSettingsComposer>().Compose(this, errors);
        var serializer = CreateSerializer(services, errors);
        var key = CreateEventKey(services, errors);
        RegistrationValidator.ThrowIfAny(errors);

        var timeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(LogCategory);
        var target = new ProduceTarget(settings!.Name, settings.Options.Topic, typeof(T))
        {
            Cluster = settings.Cluster,
            Partitioner = settings.Client.Get("partitioner") ?? "",
            Telemetry = new ProducerTelemetry(services.GetRequiredService<Instruments>(), settings.Name, settings.Options.Topic, timeProvider),
        };
        var cloudEvents = settings.Options.CloudEvents is CloudEventsMode.Binary
            ? new CloudEventHeaders(settings.Options.Source ?? DefaultSource(services), EventTypeName, serializer!.ContentType)
            : null;
        return new EventProducer<T>(
            services.GetRequiredService<ProducerClientPool>().Get(settings.Cluster, settings.Client),
            key!, serializer!, cloudEvents, new ProducerFailures(target, logger, timeProvider), timeProvider,
            Middleware.Count == 0 ? null : ProducerPipeline.Compose<T>(Middleware, LookUp(services)), services.GetService<AmbientTransaction>());
    }

    /// <summary>Makes the serializer of the values.</summary>
    public IEventSerializer<T> CreateSerializer(IServiceProvider services) =>
        (SerializerFactory?.Invoke(services) ?? JsonEventSerializerFactory.Default).Create<T>(EventComponent.Value);

    public override IReadOnlyList<(EventComponent Component, IEventSerializerCheck Check)> SerializerChecks(IServiceProvider services)
    {
        var checks = new List<(EventComponent, IEventSerializerCheck)>();
        if (CreateKey?.Invoke(services).SerializerCheck is { } key) checks.Add((EventComponent.Key, key));
        if (CreateSerializer(services) is IEventSerializerCheck value) checks.Add((EventComponent.Value, value));
        return checks;
    }

    public override IReadOnlyList<(EventComponent Component, Type Type, IEventSchema Schema)> Schemas(IServiceProvider services)
    {
        var schemas = new List<(EventComponent, Type, IEventSchema)>();
        if (CreateKey?.Invoke(services).Schema is { } key) schemas.Add((EventComponent.Key, key.Type, key.Schema));
        if (CreateSerializer(services) is IEventSchema value) schemas.Add((EventComponent.Value, typeof(T), value));
        return schemas;
    }

    private static string DefaultSource(IServiceProvider services) => Uri.EscapeDataString(
        services.GetService<IHostEnvironment>()?.ApplicationName is { Length: > 0 } name ? name : Assembly.GetEntryAssembly()?.GetName().Name ?? "unknown");

    private IEventSerializer<T>? CreateSerializer(IServiceProvider services, ICollection<ConfigurationError> errors)
    {
        try
        {
            return CreateSerializer(services);
        }
#pragma warning disable CA1031 // Whatever a serializer package throws is told with the other errors.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            errors.Add(new ConfigurationError(Registration.Subject, $"serializer of {typeof(T).Name}", thrown.Message));
            return null;
        }
    }

    private EventKey<T>? CreateEventKey(IServiceProvider services, ICollection<ConfigurationError> errors)
    {
        if (ChosenKeyType is not null && ChosenKeyType != KeyType)
        {
            errors.Add(new ConfigurationError(
                Registration.Subject,
                "Key",
                KeyType is null
                    ? $"it says how keys of type {ChosenKeyType} are written, and events have no key. Give them one with KeyedBy."
                    : $"it says how keys of type {ChosenKeyType} are written, and KeyedBy selects keys of type {KeyType}. Say it for that type."));
        }

        if (CreateKey is null) return new EventKey<T>();

        try
        {
            var key = CreateKey(services);
            if (key.IsReadOnly) errors.Add(new ConfigurationError(Registration.Subject, "Key", "a deserializer was given, and a producer needs a serializer: k.Serialize(with: …)."));
            return key;
        }
#pragma warning disable CA1031 // Whatever a serializer package throws is told with the other errors.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            errors.Add(new ConfigurationError(Registration.Subject, "KeyedBy", thrown.Message));
            return null;
        }
    }

    private void CheckMiddleware(IServiceProvider services, ICollection<ConfigurationError> errors)
    {
        if (Middleware.Count == 0) return;

        var check = new ServiceCheck(services, LookUp(services), Registration.Subject, errors);
        foreach (var middleware in Middleware)
        {
            if (middleware.Type is not { } type) continue;

            if (!middleware.IsUntyped && !middleware.IsFor<T>())
            {
                errors.Add(new ConfigurationError(Registration.Subject, "Use", $"{type} is neither an IProducerMiddleware nor an IProducerMiddleware<{typeof(T).Name}>."));
            }

            check.CheckMiddleware(type, middleware.Arguments);
        }
    }

    private ServiceLookup LookUp(IServiceProvider services) => new(services, _services ?? new ServiceCollection());
}
