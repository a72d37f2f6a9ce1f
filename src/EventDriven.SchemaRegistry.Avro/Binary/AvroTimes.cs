using System.ComponentModel;

namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>Times as numbers. What a number can't hold is cut off towards the past; a number beyond what .NET's type holds is an error. For generated code. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AvroTimes
{
    private const long EpochTicks = 621_355_968_000_000_000;
    private const int EpochDay = 719_162;

    /// <summary>The milliseconds of a moment since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Millis(DateTimeOffset value) => FloorDivide(value.UtcTicks - EpochTicks, TimeSpan.TicksPerMillisecond);

    /// <summary>The microseconds of a moment since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Micros(DateTimeOffset value) => FloorDivide(value.UtcTicks - EpochTicks, TimeSpan.TicksPerMicrosecond);

    /// <summary>The nanoseconds of a moment since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Nanos(DateTimeOffset value) => TicksToNanos(value.UtcTicks - EpochTicks);

    /// <summary>The milliseconds of a moment since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Millis(DateTime value) => FloorDivide(Utc(value) - EpochTicks, TimeSpan.TicksPerMillisecond);

    /// <summary>The microseconds of a moment since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Micros(DateTime value) => FloorDivide(Utc(value) - EpochTicks, TimeSpan.TicksPerMicrosecond);

    /// <summary>The nanoseconds of a moment since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Nanos(DateTime value) => TicksToNanos(Utc(value) - EpochTicks);

    /// <summary>The milliseconds of a wall clock since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long LocalMillis(DateTime value) => FloorDivide(value.Ticks - EpochTicks, TimeSpan.TicksPerMillisecond);

    /// <summary>The microseconds of a wall clock since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long LocalMicros(DateTime value) => FloorDivide(value.Ticks - EpochTicks, TimeSpan.TicksPerMicrosecond);

    /// <summary>The nanoseconds of a wall clock since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long LocalNanos(DateTime value) => TicksToNanos(value.Ticks - EpochTicks);

    /// <summary>The days of a date since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static int Days(DateOnly value) => value.DayNumber - EpochDay;

    /// <summary>The milliseconds of a time of day.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static int Millis(TimeOnly value) => (int)(value.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>The microseconds of a time of day.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Micros(TimeOnly value) => value.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The milliseconds of a span.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static int Millis(TimeSpan value) => checked((int)FloorDivide(value.Ticks, TimeSpan.TicksPerMillisecond));

    /// <summary>The microseconds of a span.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static long Micros(TimeSpan value) => FloorDivide(value.Ticks, TimeSpan.TicksPerMicrosecond);

    /// <summary>A moment from milliseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTimeOffset OffsetFromMillis(long value) => new(Ticks(value, TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    /// <summary>A moment from microseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTimeOffset OffsetFromMicros(long value) => new(Ticks(value, TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>A moment from nanoseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTimeOffset OffsetFromNanos(long value) => new(NanosToTicks(value), TimeSpan.Zero);

    /// <summary>A moment in UTC from milliseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTime UtcFromMillis(long value) => new(Ticks(value, TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);

    /// <summary>A moment in UTC from microseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTime UtcFromMicros(long value) => new(Ticks(value, TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    /// <summary>A moment in UTC from nanoseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTime UtcFromNanos(long value) => new(NanosToTicks(value), DateTimeKind.Utc);

    /// <summary>The time of a wall clock from milliseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTime LocalFromMillis(long value) => new(Ticks(value, TimeSpan.TicksPerMillisecond));

    /// <summary>The time of a wall clock from microseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTime LocalFromMicros(long value) => new(Ticks(value, TimeSpan.TicksPerMicrosecond));

    /// <summary>The time of a wall clock from nanoseconds since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateTime LocalFromNanos(long value) => new(NanosToTicks(value));

    /// <summary>A day from days since 1970.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static DateOnly DateFromDays(int value) => (uint)((long)value + EpochDay) <= (uint)DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber(value + EpochDay) : throw OutOfRange("date", value);

    /// <summary>A time of day from milliseconds.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static TimeOnly TimeFromMillis(int value) => TimeFromMicros(value * 1_000L);

    /// <summary>A time of day from microseconds.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static TimeOnly TimeFromMicros(long value) => (ulong)value < TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond ? new TimeOnly(value * TimeSpan.TicksPerMicrosecond) : throw OutOfRange("time of day", value);

    /// <summary>A span from milliseconds.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static TimeSpan SpanFromMillis(int value) => new(value * TimeSpan.TicksPerMillisecond);

    /// <summary>A span from microseconds.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The other form of it.</returns>
    public static TimeSpan SpanFromMicros(long value) => value is >= long.MinValue / TimeSpan.TicksPerMicrosecond and <= long.MaxValue / TimeSpan.TicksPerMicrosecond
        ? new TimeSpan(value * TimeSpan.TicksPerMicrosecond)
        : throw OutOfRange("time", value);

    /// <summary>A time that says of no zone is taken as UTC: it must not mean another moment on another machine.</summary>
    private static long Utc(DateTime value) => value.Kind is DateTimeKind.Local ? value.ToUniversalTime().Ticks : value.Ticks;

    private static long Ticks(long value, long unit)
    {
        var minimum = -EpochTicks / unit;
        var maximum = (DateTime.MaxValue.Ticks - EpochTicks) / unit;
        return value >= minimum && value <= maximum ? (value * unit) + EpochTicks : throw OutOfRange("timestamp", value);
    }

    private static long TicksToNanos(long ticks) => ticks is >= long.MinValue / 100 and <= long.MaxValue / 100 ? ticks * 100 : throw new AvroFormatException("a time is beyond what nanoseconds in 64 bits hold: 1677 to 2262");

    private static long NanosToTicks(long nanos) => FloorDivide(nanos, 100) + EpochTicks;

    private static long FloorDivide(long value, long by)
    {
        var (quotient, remainder) = Math.DivRem(value, by);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    private static AvroFormatException OutOfRange(string what, long value) => new($"a {what} of {value} is beyond what .NET's type holds");
}
