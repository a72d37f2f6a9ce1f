using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Configuration;

/// <summary>
/// Makes options by one fixed precedence, whatever the order of registration: what code configures are defaults, the configuration section replaces
/// them, <c>PostConfigure</c> has the last word.
/// </summary>
internal abstract class SectionOptionsFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
    IEnumerable<IConfigureOptions<TOptions>> setups,
    IEnumerable<IPostConfigureOptions<TOptions>> postSetups,
    IEnumerable<IValidateOptions<TOptions>> validations)
    : IOptionsFactory<TOptions>
    where TOptions : class, new()
{
    public TOptions Create(string name)
    {
        var errors = new List<ConfigurationError>();
        var options = Create(name, errors);
        return errors.Count == 0 ? options : throw new OptionsValidationException(name, typeof(TOptions), errors.Select(static error => error.ToString()));
    }

    /// <summary>Makes the options even if some of it fails, so that all errors can be told at once.</summary>
    public TOptions Create(string name, ICollection<ConfigurationError> errors)
    {
        var options = new TOptions();
        foreach (var setup in setups)
        {
            if (setup is IConfigureNamedOptions<TOptions> named)
            {
                named.Configure(name, options);
            }
            else if (name == Options.DefaultName)
            {
                setup.Configure(options);
            }
        }

        var subject = Subject(name);
        if (Section(name) is { } section) BindEachKey(subject, section, options, errors);
        foreach (var setup in postSetups) setup.PostConfigure(name, options);
        foreach (var validation in validations)
        {
            var result = validation.Validate(name, options);
            foreach (var failure in result.Failed ? result.Failures ?? [] : []) errors.Add(new ConfigurationError(subject, validation.GetType().Name, failure));
        }

        return options;
    }

    protected abstract string Subject(string name);

    /// <summary>The section of these options; null if there is none.</summary>
    protected abstract IConfigurationSection? Section(string name);

    /// <summary>Whether a key holds options of its own, which are bound elsewhere.</summary>
    protected virtual bool IsSection(string key) => false;

    /// <summary>Whether a key is a section of options that are part of these.</summary>
    protected virtual bool IsNested(string key) => false;

    protected virtual bool IsList(string key) => false;

    /// <summary>Empties the lists that configuration replaces: the binder would append to them.</summary>
    protected virtual void ClearList(TOptions options, string key)
    {
    }

    /// <summary>Calls the binder with the type of the options written out, so that its generated code is used.</summary>
    protected abstract void Bind(IConfiguration section, TOptions options);

    /// <summary>Key by key, because the binder gives up at the first value that it can't convert.</summary>
    private void BindEachKey(string subject, IConfigurationSection section, TOptions options, ICollection<ConfigurationError> errors)
    {
        foreach (var child in section.GetChildren())
        {
            if (IsSection(child.Key)) continue;

            if (IsList(child.Key))
            {
                if (!string.IsNullOrEmpty(child.Value))
                {
                    errors.Add(new ConfigurationError(subject, child.Key, $"{child.Path} is one value where a list is wanted. Write {child.Path}:0, or a JSON array."));
                    continue;
                }

                ClearList(options, child.Key);
            }

            if (IsNested(child.Key))
            {
                foreach (var nested in child.GetChildren()) BindAlone(subject, section, nested, $"{child.Key}:{nested.Key}", options, errors);
                continue;
            }

            BindAlone(subject, section, child, child.Key, options, errors);
        }
    }

    private void BindAlone(
        string subject, IConfigurationSection section, IConfigurationSection child, string property, TOptions options, ICollection<ConfigurationError> errors)
    {
        var alone = new ConfigurationBuilder().AddInMemoryCollection(child.AsEnumerable()).Build();
        try
        {
            Bind(alone.GetSection(section.Path), options);
        }
        catch (InvalidOperationException refused)
        {
            errors.Add(new ConfigurationError(subject, property, Problem(refused, child)));
        }
    }

    private static string Problem(InvalidOperationException refused, IConfigurationSection child) => child.Value is { } value
        ? $"the value '{value}' of {child.Path} can't be read. {refused.InnerException?.Message ?? refused.Message}"
        : $"{child.Path} can't be read. {refused.Message}";
}
