using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EventDriven.Kafka.Failures;

/// <summary>How long a step of a policy waits: a number and a unit, which also name its topic. A delay has one spelling: 60 seconds are <c>1m</c>.</summary>
/// <param name="Time">The delay.</param>
internal readonly record struct RetryDelay(TimeSpan Time)
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
        [("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1))];

    public static TimeSpan Longest => TimeSpan.FromDays(30);

    /// <summary>Reads a delay such as <c>500ms</c>, <c>5s</c>, <c>1m</c>, <c>2h</c> or <c>1d</c>, from 1 millisecond to 30 days.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RetryDelay delay)
    {
        delay = default;
        var digits = text?.TakeWhile(char.IsAsciiDigit).Count() ?? 0;
        if (digits is 0 or > 9 || Array.Find(Units, unit => unit.Unit == text![digits..]) is not { Unit: not null } found)
        {
            return false;
        }

        var number = int.Parse(text!.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        if (number == 0 || number > Longest / found.Length)
        {
            return false;
        }

        delay = new RetryDelay(number * found.Length);
        return true;
    }

    /// <summary>The one spelling: the longest unit that leaves a whole number.</summary>
    public override string ToString()
    {
        foreach (var (unit, length) in Units)
        {
            if (Time.Ticks >= length.Ticks && Time.Ticks % length.Ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Time.Ticks / length.Ticks}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(long)Time.TotalMilliseconds}ms");
    }
}
