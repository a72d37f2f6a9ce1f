using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Pipeline;

/// <summary>Finds everything that is wrong with a blueprint, so that all of it is told at once, before the host starts.</summary>
internal sealed class PipelineCheck(PipelineBlueprint blueprint, IServiceProvider root, string subject, ICollection<ConfigurationError> errors)
{
    private readonly ServiceCheck _services = new(root, blueprint.LookUp(root), subject, errors);

    public void Run()
    {
        CheckHandlers();
        CheckTombstones();
        CheckSerializers();
        CheckTypes();
        foreach (var middleware in blueprint.Middleware)
        {
            CheckMiddleware(middleware);
        }

        blueprint.Failures.Check(root, subject, errors);
    }

    private void CheckHandlers()
    {
        if (blueprint.Handlers.Count == 0)
        {
            Add("Handle", "There is no handler. Add one: .Handle<MyEvent, MyHandler>().");
        }

        foreach (var several in blueprint.Handlers.GroupBy(handler => handler.EventType).Where(handlers => handlers.Skip(1).Any()))
        {
            Add("Handle", $"{several.Key} has {several.Count()} handlers ({string.Join(", ", several.Select(handler => handler.Name))}). Keep one; several effects of one event are several consumers with groups of their own.");
        }

        if (blueprint.IsForBatches && blueprint.Handlers.Count > 1)
        {
            Add("HandleBatch", $"The consumer has {blueprint.Handlers.Count} handlers, and one that takes batches must be the only one, since a batch is of one event type. Give each its own consumer with a group of its own.");
        }

        foreach (var handler in blueprint.Handlers)
        {
            if (handler.IsForBatches && handler.InjectedServices.Contains(typeof(EventContext)))
            {
                Add("HandleBatch", $"The delegate for batches of {handler.EventType} asks for an EventContext, and each event of a batch has its own: batch[i].Context.");
            }

            if (handler.HandlerType is { } type)
            {
                _services.CheckService("Handle", type);
            }

            foreach (var service in handler.InjectedServices.Where(service => !IsKnown(service)))
            {
                Add("Handle", $"The delegate for {handler.EventType} asks for {service}, which is not registered in dependency injection.");
            }
        }
    }

    private void CheckTombstones()
    {
        foreach (var several in blueprint.Tombstones.GroupBy(tombstones => tombstones.EventType).Where(handlers => handlers.Skip(1).Any()))
        {
            Add("HandleTombstone", $"The tombstones of {several.Key} have {several.Count()} handlers ({string.Join(", ", several.Select(handler => handler.Name))}). Keep one.");
        }

        foreach (var tombstones in blueprint.Tombstones)
        {
            if (IsUnhandled(tombstones.EventType))
            {
                Add("HandleTombstone", $"There is a handler for the tombstones of {tombstones.EventType}, and none for its events. Add one with Handle.");
            }

            if (tombstones.HandlerType is { } type)
            {
                _services.CheckService("HandleTombstone", type);
            }

            foreach (var service in tombstones.InjectedServices.Where(service => !IsKnown(service)))
            {
                Add("HandleTombstone", $"The delegate for the tombstones of {tombstones.EventType} asks for {service}, which is not registered in dependency injection.");
            }
        }
    }

    private void CheckSerializers()
    {
        if (blueprint.Key?.Problem(root) is { } problem)
        {
            Add("Key", problem);
        }

        foreach (var handler in blueprint.Handlers.DistinctBy(handler => handler.EventType))
        {
            try
            {
                if (handler.CreateSerializer(blueprint, root) is IOneWaySerializer { CanRead: false })
                {
                    Add("Serialize", $"A serializer was given for {handler.EventType}, and a consumer needs a deserializer: .Deserialize(with: …).");
                }
            }
            catch (Exception exception)
            {
                Add("Serializers", $"{handler.EventType} can't be deserialized: {exception.Message}");
            }
        }

        foreach (var type in blueprint.Deserializers.Keys.Where(IsUnhandled))
        {
            Add("Deserialize", $"A deserializer was given for {type}, which has no handler.");
        }
    }

    private void CheckTypes()
    {
        if (blueprint.TypeResolver is not null && blueprint.Handlers.Count == 1 && !blueprint.ExpectsOtherTypes)
        {
            Add("ResolveType", $"The consumer has one event type, {blueprint.Handlers[0].EventType}, and takes every record for one. Remove ResolveType; to drop records of other types, say which with FilterUnknown or FilterAllUnknown.");
        }

        foreach (var name in blueprint.EventTypeNames.Where(name => IsUnhandled(name.Value)))
        {
            Add("EventType", $"{name.Value} is named '{name.Key}' and has no handler.");
        }

        var names = blueprint.EventTypeNames.Concat(blueprint.Handlers.Select(handler => KeyValuePair.Create(handler.EventType.FullName!, handler.EventType))).ToArray();
        foreach (var name in names.Where(name => blueprint.FilteredTypes.Contains(name.Key)))
        {
            Add("FilterUnknown", $"'{name.Key}' is filtered, and it is the name of {name.Value}, which has a handler. Remove one of the two.");
        }

        foreach (var name in names.Distinct().GroupBy(name => name.Key).Where(types => types.Skip(1).Any()))
        {
            Add("EventType", $"The name '{name.Key}' stands for several types: {string.Join(", ", name.Select(type => type.Value))}. Name each differently.");
        }
    }

    private void CheckMiddleware(MiddlewareDescriptor middleware)
    {
        if (middleware.Type is not { } type)
        {
            return;
        }

        if (!middleware.IsUntyped && !blueprint.Handlers.Exists(handler => handler.Accepts(middleware)))
        {
            Add("Use", $"{type} is neither an IEventMiddleware nor an IEventMiddleware<T> of a handled event type.");
        }

        _services.CheckMiddleware(type, middleware.Arguments);
    }

    private bool IsKnown(Type service) => service == typeof(EventContext) || _services.IsKnown(service);

    private bool IsUnhandled(Type type) => !blueprint.Handlers.Exists(handler => handler.EventType == type);

    private void Add(string property, string problem) => errors.Add(new ConfigurationError(subject, property, problem));
}
