namespace EventDriven.Chaos.Oracle;

/// <summary>Something that must not be.</summary>
/// <param name="Invariant">The invariant that it breaks, I1 to I6; <c>P</c> for what a producer was promised.</param>
/// <param name="Service">The consumer.</param>
/// <param name="Text">What happened.</param>
internal sealed record Violation(string Invariant, string Service, string Text);
