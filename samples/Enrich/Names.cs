namespace Enrich;

/// <summary>The topics and the group of one run.</summary>
/// <param name="run">Tells the runs on one cluster apart.</param>
internal sealed class Names(string run)
{
    public string Orders => $"enrich-orders-{run}";

    public string Customers => $"enrich-customers-{run}";

    public string Totals => $"enrich-totals-{run}";

    public string Group => $"enrich-{run}";
}
