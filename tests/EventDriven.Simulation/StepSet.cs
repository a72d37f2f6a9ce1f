using System.Globalization;

namespace EventDriven.Simulation;

/// <summary>Some of the steps of a schedule, written as "0-3,7,12-15".</summary>
internal sealed class StepSet(IEnumerable<int> steps)
{
    private readonly SortedSet<int> _steps = [.. steps];

    public int Count => _steps.Count;

    public IReadOnlyCollection<int> Steps => _steps;

    public bool Contains(int step) => _steps.Contains(step);

    public StepSet Without(IEnumerable<int> left) => new(_steps.Except(left));

    public static bool TryParse(string text, out StepSet? set)
    {
        var steps = new List<int>();
        set = null;
        if (text == "none")
        {
            set = new StepSet([]);
            return true;
        }

        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var bounds = part.Split('-');
            if (bounds.Length > 2 || !int.TryParse(bounds[0], CultureInfo.InvariantCulture, out var from) || !int.TryParse(bounds[^1], CultureInfo.InvariantCulture, out var to) || to < from || to - from > 10_000)
            {
                return false;
            }

            steps.AddRange(Enumerable.Range(from, to - from + 1));
        }

        set = new StepSet(steps);
        return true;
    }

    public override string ToString()
    {
        var parts = new List<string>();
        foreach (var step in _steps)
        {
            if (_steps.Contains(step - 1))
            {
                continue;
            }

            var to = step;
            while (_steps.Contains(to + 1))
            {
                to++;
            }

            parts.Add(to == step ? $"{step}" : $"{step}-{to}");
        }

        return parts.Count == 0 ? "none" : string.Join(',', parts);
    }
}
