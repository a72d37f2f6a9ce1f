namespace EventDriven.Testing;

/// <summary>Why a record does not hold an event of a type.</summary>
/// <param name="Text">As the end of a sentence.</param>
/// <param name="Cause">The exception behind it, if any.</param>
internal readonly record struct DecodingProblem(string Text, Exception? Cause = null)
{
    public override string ToString() => Text;
}
