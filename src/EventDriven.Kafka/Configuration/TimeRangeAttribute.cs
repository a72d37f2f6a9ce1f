using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace EventDriven.Kafka.Configuration;

/// <summary>The limits of a <see cref="TimeSpan"/> option. <see cref="RangeAttribute"/> can do it too, but only by a converter that does not survive trimming.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    public TimeSpan Minimum { get; } = TimeSpan.Parse(minimum, CultureInfo.InvariantCulture);

    public TimeSpan Maximum { get; } = TimeSpan.Parse(maximum, CultureInfo.InvariantCulture);

    public override bool IsValid(object? value) => value is null || (value is TimeSpan time && time >= Minimum && time <= Maximum);
}
