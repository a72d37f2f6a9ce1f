using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace EventDriven.Kafka.Configuration;

/// <summary>Checks what the properties of options say about themselves: their ranges, and enumeration values that exist.</summary>
internal static class OptionsRules
{
    public static void Check<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        string subject, TOptions options, ICollection<ConfigurationError> errors, string prefix = "")
        where TOptions : class
    {
        foreach (var property in typeof(TOptions).GetProperties())
        {
            var value = property.GetValue(options);
            if (Problem(property, value) is { } problem) errors.Add(new ConfigurationError(subject, prefix + property.Name, problem));
        }
    }

    private static string? Problem(PropertyInfo property, object? value)
    {
        if (value is null) return MayBeNull(property) ? null : "is null. Set a value, or leave it out.";
        if (value is Enum && !Enum.IsDefined(value.GetType(), value)) return $"is {value}, which does not exist. Set one of {string.Join(", ", Enum.GetNames(value.GetType()))}.";
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
        {
            return $"is {Text(value)}. Set it from {Text(range.Minimum)} to {Text(range.Maximum)}.";
        }

        if (property.GetCustomAttribute<TimeRangeAttribute>() is { } times && !times.IsValid(value))
        {
            return $"is {Text(value)}. Set it from {Text(times.Minimum)} to {Text(times.Maximum)}{(MayBeNull(property) ? ", or null for no limit" : "")}.";
        }

        return null;
    }

    /// <summary>Whether null means "none". Texts that must not be empty have rules of their own.</summary>
    private static bool MayBeNull(PropertyInfo property) => property.PropertyType == typeof(string) || Nullable.GetUnderlyingType(property.PropertyType) is not null;

    private static string Text(object value) => value switch
    {
        // The attribute keeps the limits of a long as doubles.
        int or long or double => string.Format(CultureInfo.InvariantCulture, "{0:N0}", value),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
