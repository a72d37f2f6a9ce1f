using System.Text.Json;
using System.Xml.Linq;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Reporting;

namespace EventDriven.Chaos.Tests;

public sealed class ReportTests
{
    [Fact]
    public void The_page_stands_alone_and_says_what_was_broken()
    {
        var page = HtmlReport.Write(Report());

        Assert.Contains("Promises were broken", page, StringComparison.Ordinal);
        Assert.Contains("Lost: &lt;orders&gt;[0]@4", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_charts_are_well_formed_and_show_each_fault_and_each_partition()
    {
        var report = Report();

        var faults = XElement.Parse(Charts.Faults(report));
        Assert.Contains(faults.Descendants("title"), static tip => tip.Value == "SIGKILL: w1, 2.0 to 4.0 s");
        var lag = XElement.Parse(Charts.Lag(report, report.Lags[0].Partitions, 0));
        Assert.Equal(["orders[0], at most 30", "orders[1], at most 5"], lag.Elements("path").Select(static path => path.Value));
        Assert.Single(XElement.Parse(Charts.Throughput(report)).Elements("path"));
    }

    [Fact]
    public void The_json_counts_the_violations_of_each_invariant()
    {
        using var json = JsonDocument.Parse(JsonReport.Write(Report()));

        Assert.False(json.RootElement.GetProperty("isClean").GetBoolean());
        Assert.Equal(1, json.RootElement.GetProperty("invariants").GetProperty("I1").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("invariants").GetProperty("I2").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("lag").GetProperty("orders[0]")[0].ValueKind);
    }

    private static Report Report()
    {
        var verdict = new Verdict();
        verdict.Add("I1", "billing", "Lost: <orders>[0]@4");
        return new Report
        {
            Title = "Chaos",
            Command = "chaos --seed 1",
            Seed = 1,
            Protocol = "classic",
            Seconds = 5,
            LoadSeconds = 4,
            SettleSeconds = 1,
            Verdict = verdict,
            UnknownFate = 0,
            Faults = [new ReportedFault("SIGKILL", "w1", 2, 4, FaultReach.Death)],
            Throughput = [new Series("billing", [0, 1, 2, 3, 4])],
            Lags = [("billing", [new Series("orders[0]", [double.NaN, 10, 30, 20, 0]), new Series("orders[1]", [5, 4, 3, 2, 1])])],
        };
    }
}
