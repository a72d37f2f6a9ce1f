using System.Text.Json;
using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Reporting;

/// <summary>The report for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Write(Report report)
    {
        var verdict = report.Verdict;
        return JsonSerializer.Serialize(
            new
            {
                report.Title,
                report.Command,
                report.Seed,
                report.Protocol,
                report.IsClean,
                loadSeconds = Math.Round(report.LoadSeconds, 1),
                settleSeconds = Math.Round(report.SettleSeconds, 1),
                invariants = Verdict.Promises.ToDictionary(static promise => promise.Invariant, promise => verdict.Violations.Count(violation => violation.Invariant == promise.Invariant)),
                verdict.Violations,
                events = new
                {
                    verdict.Events,
                    verdict.Handled,
                    verdict.Filtered,
                    verdict.DeadLettered,
                    verdict.Retried,
                    verdict.Parked,
                    attempts = verdict.Runs,
                    report.UnknownFate,
                },
                duplicates = new { count = verdict.Duplicates, bound = verdict.DuplicateBound, byService = verdict.DuplicatesByService, verdict.Unmarked, verdict.WentBack, verdict.Abandoned, verdict.ZombieRuns, verdict.LateCommits },
                evidence = new { verdict.Ownerships, verdict.PositionsChecked },
                slopes = report.Slopes,
                faults = report.Faults.Select(static fault => new { fault.Kind, fault.Target, begin = Math.Round(fault.Begin, 2), end = Math.Round(fault.End, 2) }),
                throughput = report.Throughput.ToDictionary(static series => series.Name, static series => series.Values),
                lag = report.Lags.SelectMany(static service => service.Partitions)
                    .ToDictionary(static series => series.Name, static series => series.Values.Select(static value => double.IsNaN(value) ? (double?)null : value)),
            },
            s_options);
    }
}
