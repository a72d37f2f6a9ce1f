namespace EventDriven.SchemaRegistry.Tests;

/// <summary>A change of a schema, and how it is judged.</summary>
/// <param name="What">In words: a row of docs/evolution.md where it is documented.</param>
/// <param name="Before">The older schema.</param>
/// <param name="After">The newer.</param>
/// <param name="Backward">Whether the newer reads what the older wrote.</param>
/// <param name="Forward">Whether the older reads what the newer writes.</param>
/// <param name="Elsewhere">How the registry of others judges, where it does so otherwise: backward, forward.</param>
public sealed record SchemaChange(string What, string Before, string After, bool Backward, bool Forward, (bool Backward, bool Forward)? Elsewhere = null)
{
    public (bool Backward, bool Forward) OfRegistry => Elsewhere ?? (Backward, Forward);

    /// <summary>Its row in the table of the documentation.</summary>
    public string Row => $"| {What} | {Say(Backward)} | {Say(Forward)} | {Say(Backward && Forward)} |";

    public override string ToString() => What;

    private static string Say(bool may) => may ? "yes" : "no";
}
