using System.Diagnostics;

namespace Contracts;

/// <summary>Prints what happens, with the time since the start.</summary>
internal sealed class Story
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Tell(string line) => Console.WriteLine($"{Stopwatch.GetElapsedTime(_start).TotalSeconds,6:F2} s  {line}");
}
