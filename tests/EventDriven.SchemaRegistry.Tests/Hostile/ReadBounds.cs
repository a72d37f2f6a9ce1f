using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace EventDriven.SchemaRegistry.Tests.Hostile;

/// <summary>
/// Holds what reading an input takes against what it may take, in memory and in time, and remembers the most. Time is that of the thread, of which a busy machine takes nothing; what is
/// measured has to begin and end on one. Not thread-safe.
/// </summary>
/// <param name="always">The bytes of memory that any input may take: an exception with its stack and its texts.</param>
/// <param name="forEachByte">The bytes of memory that it may take for each of its own.</param>
internal sealed partial class ReadBounds(long always, long forEachByte)
{
    private const int ThreadTime = 3;

    private const int Turns = 5;

    /// <summary>The bytes that a thread gets at a time, to make its objects in.</summary>
    private const int ThreadRoom = 8 * 1024;

    /// <summary>
    /// What goes by the length of an input, some hundred bytes here, takes a few thousandths of it, and the collector some hundredths now and then. What goes by a number that stands in the
    /// input, which may be any, takes longer.
    /// </summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private int _inputs;
    private int _read;
    private long _most;
    private TimeSpan _slowest;

    /// <summary>How many inputs are tried: as the environment says, else as usually.</summary>
    public static int Inputs(string variable, int usually) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var wanted) ? wanted : usually;

    /// <summary>Reads an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="read">Reads it, and tells whether it was an event, or was refused with the exception that is allowed.</param>
    public void Check<T>(T input, int length, Func<T, bool> read)
    {
        var allowed = always + (forEachByte * length);
        bool isRead;
        TimeSpan taken;
        long allocated;
        int collections, turns = 0;
        do
        {
            turns++;
            collections = GC.CollectionCount(0);
            var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Now());
            isRead = read(input);
            (taken, allocated) = (Now() - started, GC.GetAllocatedBytesForCurrentThread() - before);

            // A collection counts what is left of the thread's room as taken; one in the background does so in its middle, where no count of collections tells of it.
        }
        while (allocated > allowed && (collections != GC.CollectionCount(0) || allocated <= allowed + ThreadRoom) && turns < Turns);

        _inputs++;
        if (isRead) _read++;
        _most = Math.Max(_most, allocated);
        if (taken > _slowest) _slowest = taken;
        Assert.True(allocated <= allowed, $"{allocated:N0} bytes of memory, where {allowed:N0} are allowed, for {Show(input)}");
        Assert.True(taken <= s_longest, $"{taken.TotalMilliseconds:N1} ms for {Show(input)}");
    }

    /// <summary>Adds what another thread has measured.</summary>
    public void Add(ReadBounds other)
    {
        _inputs += other._inputs;
        _read += other._read;
        _most = Math.Max(_most, other._most);
        if (other._slowest > _slowest) _slowest = other._slowest;
    }

    /// <summary>Tells what was measured, and that there were events among the inputs, and others.</summary>
    public void Tell(string what)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {_inputs:N0} inputs, {_read:N0} of them read, at most {_most:N0} bytes of memory and {_slowest.TotalMilliseconds:N1} ms for one");
        Assert.InRange(_read, 1, _inputs - 1);
    }

    private static string Show<T>(T input) => input is byte[] bytes ? Convert.ToHexString(bytes) : $"{input}";

    private static TimeSpan Now()
    {
        if (!OperatingSystem.IsLinux()) return Stopwatch.GetElapsedTime(0);

        return ReadClock(ThreadTime, out var time) == 0 ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100)) : throw new InvalidOperationException("There is no clock of the thread.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int ReadClock(int clock, out ClockTime time);

    private readonly record struct ClockTime(long Seconds, long Nanoseconds);
}
