namespace EventDriven.Chaos.Reporting;

/// <summary>A line of a chart: a value for each second from the beginning; NaN where nobody looked.</summary>
internal sealed record Series(string Name, double[] Values);
