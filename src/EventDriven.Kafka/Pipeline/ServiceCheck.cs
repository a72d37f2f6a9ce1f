using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using EventDriven.Kafka.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>Finds out, before the host starts, whether classes that the application names can be made from its services.</summary>
internal sealed class ServiceCheck(IServiceProvider root, ServiceLookup services, string subject, ICollection<ConfigurationError> errors)
{
    private readonly IServiceProviderIsService? _known = root.GetService<IServiceProviderIsService>();

    /// <summary>Whether a middleware can be made, with the arguments that were given for it.</summary>
    public void CheckMiddleware([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments)
    {
        if (arguments.Length == 0)
        {
            CheckService("Use", type);
            return;
        }

        if (typeof(IDisposable).IsAssignableFrom(type) || typeof(IAsyncDisposable).IsAssignableFrom(type))
        {
            Add("Use", $"{type} is disposable and is given arguments, so that nobody would dispose it. Register it in dependency injection, and use it without arguments.");
        }

        if (!HasConstructor(type, arguments, out var missing))
        {
            Add("Use", $"{type} can't be created with the arguments given{missing}");
        }
    }

    /// <summary>Whether a service can be had.</summary>
    public void CheckService(string property, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type)
    {
        if (!IsKnown(type))
        {
            Add(property, $"{type} is not registered in dependency injection, and as an interface or abstract class it can't be registered by itself.");
        }
        else if (!services.IsMadeByFactory(type) && !type.IsAbstract && !HasConstructor(type, [], out var missing))
        {
            Add(property, $"{type} can't be created{missing}");
        }
    }

    /// <summary>Whether a constructor takes all arguments and finds its other parameters among the services.</summary>
    private bool HasConstructor([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments, out string missing)
    {
        missing = ": it has no public constructor that takes them.";
        foreach (var constructor in type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length))
        {
            var parameters = constructor.GetParameters().ToList();
            if (!arguments.All(argument => parameters.Find(parameter => parameter.ParameterType.IsInstanceOfType(argument)) is { } taken && parameters.Remove(taken)))
            {
                continue;
            }

            var unknown = parameters.Where(parameter => !parameter.HasDefaultValue && !IsKnown(parameter)).Select(parameter => parameter.ParameterType).ToArray();
            if (unknown.Length == 0)
            {
                return true;
            }

            missing = $": its constructor asks for {string.Join(" and ", unknown.Select(service => service.ToString()))}, which {(unknown.Length == 1 ? "is" : "are")} not registered in dependency injection.";
        }

        return false;
    }

    private bool IsKnown(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? _known is not IServiceProviderIsKeyedService keyedServices || keyedServices.IsKeyedService(parameter.ParameterType, keyed.Key)
            : parameter.GetCustomAttribute<ServiceKeyAttribute>() is not null || IsKnown(parameter.ParameterType);

    /// <summary>Whether a service is registered, as far as the container tells.</summary>
    public bool IsKnown(Type service) => _known is null || _known.IsService(service);

    private void Add(string property, string problem) => errors.Add(new ConfigurationError(subject, property, problem));
}
