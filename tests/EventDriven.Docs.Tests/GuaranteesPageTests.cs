using System.Text.RegularExpressions;

namespace EventDriven.Docs.Tests;

/// <summary>The page of guarantees has a row for each scenario of faults, and each test that it names is there.</summary>
public sealed partial class GuaranteesPageTests
{
    private const int Scenarios = 51;

    private static readonly string Page = Repository.Read(Path.Combine("docs", "guarantees.md"));

    private static readonly (string Path, string Text)[] Tests =
    [
        .. Directory.GetFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(static file => (file, File.ReadAllText(file))),
    ];

    private static readonly string Storm = Repository.Read(Path.Combine("tests", "EventDriven.Chaos", "Storm", "StormRun.cs"));

    private static readonly string Faults = Repository.Read(Path.Combine("tests", "EventDriven.Simulation", "Fault.cs"));

    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, Scenarios)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_scenario_has_one_row_whose_tests_are_there(int number)
    {
        var row = Assert.Single(Row().Matches(Page), row => row.Groups["number"].Value == $"{number}");
        var cited = Citation().Matches(row.Groups["tests"].Value);
        if (cited.Count == 0)
        {
            // It says why, instead.
            Assert.StartsWith("Not shown", row.Groups["tests"].Value, StringComparison.Ordinal);
            return;
        }

        var layers = cited.SelectMany(static test => LayersOf(test.Groups["class"].Value, test.Groups["method"].Value)).ToHashSet(StringComparer.Ordinal);
        var said = row.Groups["layers"].Value.Split(", ").Select(static layer => layer.Trim()).ToArray();
        Assert.All(said, static layer => Assert.Contains(layer, new[] { "simulation", "unit", "embedded", "real broker", "chaos" }));
        Assert.Equal(layers.Contains("simulation"), said.Contains("simulation"));
        Assert.Equal(layers.Contains("real broker"), said.Contains("real broker"));
        Assert.Equal(layers.Contains("chaos"), said.Contains("chaos"));
        Assert.Equal(layers.Contains("in process"), said.Contains("unit") || said.Contains("embedded"));
    }

    private static IEnumerable<string> LayersOf(string type, string member)
    {
        if (type == "Fault")
        {
            Assert.Matches($@"\b{member}\b(,| =)", Faults);
            return ["simulation"];
        }

        if (type == "StormRun")
        {
            Assert.Matches($@"\b{member}\(", Storm);
            return ["chaos"];
        }

        var found = Tests.Where(test => Path.GetFileName(test.Path) == $"{type}.cs" && Regex.IsMatch(test.Text, $@"\[(Broker)?(Fact|Theory)[^\n]*\][^;{{]*?\b{member}\(")).ToArray();
        Assert.True(found.Length > 0, $"There is no test {type}.{member}.");
        return found.Select(static test => LayerOf(test.Path));
    }

    private static string LayerOf(string path) =>
        path.Contains("EventDriven.Kafka.Broker.Tests", StringComparison.Ordinal) ? "real broker"
        : path.Contains("EventDriven.Chaos.Tests", StringComparison.Ordinal) ? "chaos"
        : "in process";

    [GeneratedRegex(@"^\| (?<number>\d+) \| [^|]+ \| (?<tests>[^|]+) \| (?<layers>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<class>\w+)\.(?<method>\w+)`")]
    private static partial Regex Citation();
}
