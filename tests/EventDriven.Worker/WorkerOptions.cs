using System.Globalization;

namespace EventDriven.Worker;

/// <summary>What the command line says: a command, then options, each with a value.</summary>
internal sealed class WorkerOptions
{
    private readonly Dictionary<string, string> _values;

    private WorkerOptions(string command, Dictionary<string, string> values)
    {
        Command = command;
        _values = values;
    }

    public string Command { get; }

    public static WorkerOptions Parse(string[] args)
    {
        if (args.Length % 2 == 0)
        {
            throw new ArgumentException("Give a command, then options, each with a value.");
        }

        return new WorkerOptions(args[0], args.Skip(1).Chunk(2).ToDictionary(static pair => pair[0], static pair => pair[1]));
    }

    public string Get(string name, string? otherwise = null) =>
        _values.TryGetValue(name, out var value) ? value : otherwise ?? throw new ArgumentException($"{name} is missing.");

    public TimeSpan Milliseconds(string name, string otherwise) => TimeSpan.FromMilliseconds(int.Parse(Get(name, otherwise), CultureInfo.InvariantCulture));

    public string[] List(string name) => Get(name, "").Split(',', StringSplitOptions.RemoveEmptyEntries);
}
