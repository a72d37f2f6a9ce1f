namespace EventDriven.Chaos.Soak;

/// <summary>How something changed over a soak, as a straight line fitted to it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Begin">The line at its beginning.</param>
/// <param name="End">The line at its end.</param>
/// <param name="Limit">How much it may change for the worse, as a part of its beginning.</param>
/// <param name="IsMoreWorse">Whether growing is for the worse.</param>
internal sealed record Slope(string Name, string Unit, double Begin, double End, double Limit, bool IsMoreWorse)
{
    /// <summary>The change as a part of the beginning.</summary>
    public double Change => Begin == 0 ? 0 : (End - Begin) / Begin;

    public bool IsWithin => (IsMoreWorse ? Change : -Change) <= Limit;
}
