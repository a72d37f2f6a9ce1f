namespace EventDriven.Kafka.Configuration;

/// <summary>One thing that is wrong with a registration or its configuration.</summary>
/// <param name="Subject">Whose: <c>consumer 'inventory'</c>, <c>producer 'orders'</c>, <c>cluster 'Kafka'</c>.</param>
/// <param name="Property">The option or configuration key.</param>
/// <param name="Problem">What is wrong and how to mend it, as one or two sentences.</param>
internal sealed record ConfigurationError(string Subject, string Property, string Problem)
{
    public override string ToString() => $"{Subject}, {Property}: {Problem}";
}
