using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using EventDriven.Kafka;

namespace EventDriven.Docs.Tests.Reference;

/// <summary>Writes the tables of <c>docs/configuration.md</c> from the options themselves: their documentation, types, defaults and limits.</summary>
internal sealed partial class ConfigurationReference
{
    private static readonly (string Title, string Section, Type Options)[] Roots =
    [
        ("Clusters", "{cluster}", typeof(KafkaClusterOptions)),
        ("Consumers", "{cluster}:Consumers:{name}", typeof(EventConsumerOptions)),
        ("Producers", "{cluster}:Producers:{name}", typeof(EventProducerOptions)),
        ("Transactional producers", "{cluster}:TransactionalProducers:{name}", typeof(TransactionalProducerOptions)),
    ];

    private readonly XmlDocumentation _documentation = new(typeof(KafkaClusterOptions).Assembly);
    private readonly StringBuilder _page = new();
    private readonly List<Type> _enumerations = [];

    public string Write()
    {
        foreach (var (title, section, options) in Roots)
        {
            _page.Append(CultureInfo.InvariantCulture, $"## {title}: `{section}`\n\n{_documentation.SummaryOf(options)}\n\n");
            _page.Append("| option | type | default | unit, limits | meaning |\n|---|---|---|---|---|\n");
            WriteRows(options, "");
            _page.Append('\n');
        }

        _page.Append("## Values\n\n");
        foreach (var enumeration in _enumerations)
        {
            _page.Append(CultureInfo.InvariantCulture, $"### {enumeration.Name}\n\n{_documentation.SummaryOf(enumeration)}\n\n| value | meaning |\n|---|---|\n");
            foreach (var value in Enum.GetNames(enumeration))
            {
                _page.Append(CultureInfo.InvariantCulture, $"| `{value}` | {_documentation.SummaryOf(enumeration, value)} |\n");
            }

            _page.Append('\n');
        }

        return _page.ToString().TrimEnd('\n');
    }

    private void WriteRows(Type options, string prefix)
    {
        var defaults = Activator.CreateInstance(options)!;
        foreach (var property in options.GetProperties())
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type.IsClass && type.Assembly == options.Assembly)
            {
                WriteRows(type, $"{prefix}{property.Name}:");
                continue;
            }

            if (type.IsEnum && !_enumerations.Contains(type)) _enumerations.Add(type);
            var meaning = DefaultSentence().Replace(_documentation.SummaryOf(property), "").Trim();
            _page.Append(
                CultureInfo.InvariantCulture,
                $"| `{prefix}{property.Name}` | {NameOf(type)} | {Default(property.GetValue(defaults))} | {Limits(property, type)} | {meaning} |\n");
        }
    }

    private static string NameOf(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "`true` or `false`",
        _ when type == typeof(int) || type == typeof(long) => "number",
        _ when type == typeof(TimeSpan) => "time span",
        _ when type == typeof(DateTimeOffset) => "time (ISO 8601)",
        _ when type == typeof(IList<string>) => "list of text",
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>) =>
            $"{NameOf(type.GetGenericArguments()[1])} by {(type.GetGenericArguments()[0] == typeof(string) ? "name" : NameOf(type.GetGenericArguments()[0]))}",
        { IsEnum: true } => $"[{type.Name}](#{type.Name.ToLowerInvariant()})",
        _ => throw new NotSupportedException($"Say in {nameof(ConfigurationReference)} how an option of type {type} is called."),
    };

    private static string Default(object? value) => value switch
    {
        null or "" => "none",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => $"`{Text(time)}`",
        IEnumerable and not string => "empty",
        _ => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };

    private static string Limits(PropertyInfo property, Type type)
    {
        var unit = type == typeof(TimeSpan) ? "`d.hh:mm:ss.fff`"
            : type != typeof(int) && type != typeof(long) ? ""
            : property.Name.EndsWith("Bytes", StringComparison.Ordinal) ? "bytes"
            : property.Name.EndsWith("Records", StringComparison.Ordinal) || property.Name == nameof(EventConsumerOptions.MaxReplay) ? "records"
            : property.Name.EndsWith("Events", StringComparison.Ordinal) || property.Name == nameof(EventConsumerOptions.MaxConcurrency) ? "events"
            : "";
        var range = property.GetCustomAttributes<ValidationAttribute>().Select(Range).FirstOrDefault(static range => range is not null);
        return string.Join(", ", new[] { unit, range }.Where(static part => part is { Length: > 0 }));
    }

    /// <summary>The limits of an attribute that has a minimum and a maximum, whichever it is.</summary>
    private static string? Range(ValidationAttribute attribute)
    {
        var minimum = attribute.GetType().GetProperty("Minimum")?.GetValue(attribute);
        var maximum = attribute.GetType().GetProperty("Maximum")?.GetValue(attribute);
        return minimum is null ? null : string.Create(CultureInfo.InvariantCulture, $"`{Text(minimum)}` to `{Text(maximum!)}`");
    }

    private static string Text(object value) => value is TimeSpan { Ticks: var ticks } time && ticks % TimeSpan.TicksPerSecond != 0
        ? time.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0')
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>What the column of defaults says already; a sentence that goes on, with what it means, stays.</summary>
    [GeneratedRegex(@"(The default value is (`[^`]+`|[^:;.`]+)\.|There is no default value\.|Empty by default\.)\s*")]
    private static partial Regex DefaultSentence();
}
