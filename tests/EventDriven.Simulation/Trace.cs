namespace EventDriven.Simulation;

/// <summary>What happened in one schedule, line by line. There is none while schedules only have to pass.</summary>
internal sealed class Trace(VirtualTime time)
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line) => _lines.Add($"{time.Now,7} ms  {line}");
}
