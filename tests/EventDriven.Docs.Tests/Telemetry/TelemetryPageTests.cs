using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EventDriven.Docs.Tests.Telemetry;

/// <summary>What docs/telemetry.md and docs/dashboard.json say is what a service really emits.</summary>
public sealed partial class TelemetryPageTests(ObservedService service) : IClassFixture<ObservedService>
{
    private static readonly string Page = Repository.Read("docs/telemetry.md");

    [Fact]
    public void The_page_has_every_instrument_with_its_kind_and_unit() => Assert.Equal(
        service.Instruments.Values.Select(static one => $"{one.Instrument.Name} {KindOf(one.Instrument)} {one.Instrument.Unit}").Order(StringComparer.Ordinal),
        Rows().Select(static row => $"{row.Name} {row.Kind} {row.Unit}").Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_has_the_attributes_of_every_instrument()
    {
        foreach (var row in Rows())
        {
            var seen = service.Instruments[row.Name].Attributes;

            Assert.True(row.Always.IsSubsetOf(seen), $"{row.Name} has no {string.Join(", ", row.Always.Except(seen))}.");
            Assert.True(seen.IsSubsetOf(row.Always.Concat(row.Sometimes)), $"The page does not say that {row.Name} has {string.Join(", ", seen.Except(row.Always).Except(row.Sometimes))}.");
        }
    }

    [Fact]
    public void The_page_has_the_buckets_of_every_histogram()
    {
        var histograms = service.Instruments.Values.Select(static one => one.Instrument).OfType<Histogram<double>>().Select(static histogram =>
            $"{histogram.Name}: {string.Join(", ", histogram.Advice!.HistogramBucketBoundaries!.Select(static bound => bound.ToString(CultureInfo.InvariantCulture)))}");

        Assert.Equal(
            histograms.Order(StringComparer.Ordinal),
            Buckets().Matches(Page).Select(static row => $"{row.Groups["name"].Value}: {row.Groups["bounds"].Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("send", 2)]
    [InlineData("process", 3)]
    public void The_page_has_the_attributes_of_every_span(string operation, int column)
    {
        var rows = SpanAttribute().Matches(Page).Select(row => (Name: row.Groups["name"].Value, When: row.Value.Split('|')[column].Trim())).ToArray();
        var always = rows.Where(static row => row.When == "always").Select(static row => row.Name).ToHashSet();
        var possible = rows.Where(static row => row.When != "never").Select(static row => row.Name).ToHashSet();
        var spans = service.Spans[operation];

        Assert.All(spans, span => Assert.True(always.IsSubsetOf(span), $"A span has no {string.Join(", ", always.Except(span))}."));
        Assert.Equal(possible.Order(StringComparer.Ordinal), spans.SelectMany(static span => span).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_names_health_checks_as_they_are()
    {
        Assert.Equal(["eventdriven-broken", "eventdriven-cluster-Kafka", "eventdriven-keeping", "eventdriven-shipping"], service.HealthChecks.Select(static check => check.Name).Order(StringComparer.Ordinal));
        Assert.All(service.HealthChecks, static check => Assert.Equal(["ready"], check.Tags));
        Assert.Contains("`eventdriven-{consumer}`, and each cluster one, `eventdriven-cluster-{cluster}`, both tagged `ready`", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dashboard_asks_for_metrics_and_labels_that_Prometheus_gets()
    {
        var exported = ExportedName().Matches(service.Scrape).Select(static match => match.Value).ToHashSet();
        var asked = Repository.Read("docs/dashboard.json");

        var names = ExportedName().Matches(asked).Select(static match => match.Value).Distinct().ToArray();

        Assert.NotEmpty(names);
        Assert.Empty(names.Except(exported));
        using var parsed = System.Text.Json.JsonDocument.Parse(asked);
        Assert.True(parsed.RootElement.GetProperty("panels").GetArrayLength() > 10);
    }

    [Fact]
    public void The_page_names_metrics_as_Prometheus_gets_them()
    {
        var exported = ExportedName().Matches(service.Scrape).Select(static match => match.Value).ToHashSet();

        Assert.Empty(ExportedName().Matches(Page).Select(static match => match.Value).Except(exported));
    }

    private static IEnumerable<(string Name, string Kind, string Unit, HashSet<string> Always, HashSet<string> Sometimes)> Rows() =>
        from Match row in InstrumentRow().Matches(Page)
        let attributes = row.Groups["attributes"].Value
        let sometimes = Conditional().Matches(attributes).Select(static match => match.Groups["name"].Value).ToHashSet()
        select (
            row.Groups["name"].Value,
            row.Groups["kind"].Value,
            row.Groups["unit"].Value,
            Name().Matches(attributes).Select(static match => match.Groups["name"].Value).Except(sometimes).ToHashSet(),
            sometimes);

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "UpDownCounter" or "ObservableUpDownCounter" => "up-down counter",
        "Gauge" or "ObservableGauge" => "gauge",
        "Histogram" => "histogram",
        var other => other,
    };

    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)` \| (?<kind>[a-z-]+(?: counter)?) \| `(?<unit>[^`]+)` \| (?<attributes>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"`(?<name>[a-z_.]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\(`(?<name>[a-z_.]+)`\)")]
    private static partial Regex Conditional();

    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)` \| (?<bounds>\d[\d., ]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Buckets();

    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)` \| (?:always|never|if [^|]+|when [^|]+) \| (?:always|never|if [^|]+|when [^|]+) \| [^\n]*$", RegexOptions.Multiline)]
    private static partial Regex SpanAttribute();

    [GeneratedRegex(@"\b(?:messaging|eventdriven)_[a-z_]+\b")]
    private static partial Regex ExportedName();
}
