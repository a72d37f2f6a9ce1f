using System.Runtime.CompilerServices;

namespace EventDriven.Simulation.Judging;

/// <summary>What is wrong, in words that are put together only where something is: checks are many, violations few.</summary>
[InterpolatedStringHandler]
internal ref struct ViolationMessage
{
    private DefaultInterpolatedStringHandler _text;

    public ViolationMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        if (isNeeded)
        {
            _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Take() => _text.ToStringAndClear();
}
