using EventDriven.Chaos.Driving;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Reporting;
using EventDriven.Chaos.Soak;
using EventDriven.Kafka;

namespace EventDriven.Chaos;

/// <summary>A run of chaos or a soak, from the command line to the report.</summary>
internal static class ChaosCommand
{
    /// <summary>Violations of each promise that are told; all are in the report.</summary>
    private const int Shown = 12;

    /// <returns>Whether every promise held.</returns>
    public static async Task<bool> RunAsync(ChaosOptions options)
    {
        var what = options.Soak ? "Soak" : "Chaos";
        var protocol = options.Protocol ?? (options.Seed % 2 == 0 ? ConsumerGroupProtocol.Consumer : ConsumerGroupProtocol.Classic);
        var name = protocol == ConsumerGroupProtocol.Classic ? "classic" : "consumer";
        var folder = options.Report ?? Path.Combine("artifacts", "chaos", $"{what.ToLowerInvariant()}-{options.Seed}");
        var members = Path.GetFullPath(Path.Combine(folder, "members"));
        if (Directory.Exists(members))
        {
            Directory.Delete(members, recursive: true);
        }

        Directory.CreateDirectory(members);
        var arguments = $"{(options.Soak ? "--soak " : "")}--minutes {options.Minutes} --seed {options.Seed} --protocol {name} --rate {options.Rate}";
        Console.WriteLine($"{what}: {arguments}. The report will be in {folder}.");
        var result = await new ChaosRun(options, protocol, members).RunAsync();
        var verdict = ChaosOracle.Judge(result.History);
        var report = ReportBuilder.Build(
            what, $"dotnet run -c Release --project tests/EventDriven.Chaos -- {arguments}", options.Seed, name, result, verdict, options.Soak ? SoakJudge.Judge(result) : []);
        var page = ReportFiles.Write(report, folder);
        Say(report, page);
        if (report.IsClean && !options.Keep)
        {
            Directory.Delete(members, recursive: true);
        }

        return report.IsClean;
    }

    private static void Say(Report report, string page)
    {
        var verdict = report.Verdict;
        Console.WriteLine();
        foreach (var ofPromise in verdict.Violations.GroupBy(static violation => violation.Invariant))
        {
            foreach (var violation in ofPromise.Take(Shown))
            {
                Console.WriteLine($"{violation.Invariant}  {violation.Text}");
            }

            if (ofPromise.Count() > Shown)
            {
                Console.WriteLine($"{ofPromise.Key}  … and {ofPromise.Count() - Shown} more.");
            }
        }

        foreach (var slope in report.Slopes)
        {
            Console.WriteLine($"{slope.Name}: {slope.Begin:N1} to {slope.End:N1} {slope.Unit}, {slope.Change:+0.0%;-0.0%}{(slope.IsWithin ? "" : $": beyond {slope.Limit:P0}")}");
        }

        foreach (var (invariant, promise) in Verdict.Promises)
        {
            var count = verdict.Violations.Count(violation => violation.Invariant == invariant);
            Console.WriteLine($"{invariant,-2}  {(count == 0 ? "held  " : $"BROKEN {count} time(s)")}  {promise}");
        }

        Console.WriteLine(
            $"{verdict.Events:N0} events: {verdict.Handled:N0} handled, {verdict.Filtered:N0} filtered, {verdict.DeadLettered:N0} put aside, {verdict.Retried:N0} retried, {verdict.Parked:N0} parked; "
            + $"{verdict.Duplicates:N0} handled again (bound {verdict.DuplicateBound:N0}), {verdict.ZombieRuns:N0} attempts of zombies, {report.Faults.Count} faults, finished {report.SettleSeconds:F1} s after them.");
        if (verdict.WentBack + verdict.Abandoned > 0)
        {
            Console.WriteLine($"{verdict.WentBack:N0} handled again since the client had gone back, and {verdict.Abandoned:N0} partitions were given up at a stop whose last commit got no answer in time.");
        }

        Console.WriteLine($"{(report.IsClean ? "Every promise held" : "FAILED")}. Seed {report.Seed}. Report: {page}");
        if (!report.IsClean)
        {
            Console.WriteLine($"Again: {report.Command}");
        }
    }
}
