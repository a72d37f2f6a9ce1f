using EventDriven.Chaos.Driving;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Reporting;

/// <summary>Puts together what a report says.</summary>
internal static class ReportBuilder
{
    public static Report Build(string title, string command, int seed, string protocol, RunResult result, Verdict verdict, IReadOnlyList<Soak.Slope> slopes)
    {
        var seconds = (int)Math.Ceiling(Monotonic.Seconds(result.Settled - result.Begin)) + 1;
        return new Report
        {
            Title = title,
            Command = command,
            Seed = seed,
            Protocol = protocol,
            Seconds = seconds,
            LoadSeconds = Monotonic.Seconds(result.Quiet - result.Begin),
            SettleSeconds = Monotonic.Seconds(result.Settled - result.Quiet),
            Verdict = verdict,
            UnknownFate = result.Failed,
            Slopes = slopes,
            Faults =
            [
                .. result.History.Faults.OrderBy(static fault => fault.Begin).Select(fault => new ReportedFault(
                    fault.Kind, fault.Target, Monotonic.Seconds(fault.Begin - result.Begin), Monotonic.Seconds(fault.End - result.Begin), fault.Reach)),
            ],
            Throughput = [.. ChaosService.All.Select(service => Throughput(service, result, seconds))],
            Lags =
            [
                .. ChaosService.All.Select(service => (service.Name, (IReadOnlyList<Series>)
                [
                    .. result.History.Positions.Where(position => position.Service == service.Name).GroupBy(static position => position.Place)
                        .OrderBy(static ofPlace => ofPlace.Key.Topic, StringComparer.Ordinal).ThenBy(static ofPlace => ofPlace.Key.Partition)
                        .Select(ofPlace => Lag(ofPlace.Key.ToString(), ofPlace, result.Begin, seconds)),
                ])),
            ],
        };
    }

    private static Series Throughput(ChaosService service, RunResult result, int seconds)
    {
        var values = new double[seconds];
        foreach (var ((name, second), count) in result.Logs.PerSecond)
        {
            var at = second - (result.Begin / Monotonic.Second);
            if (name == service.Name && at >= 0 && at < seconds)
            {
                values[at] += count;
            }
        }

        return new Series(service.Name, values);
    }

    private static Series Lag(string name, IEnumerable<PositionSample> samples, long begin, int seconds)
    {
        var values = new double[seconds];
        Array.Fill(values, double.NaN);
        foreach (var sample in samples)
        {
            var at = (sample.At - begin) / Monotonic.Second;
            if (at >= 0 && at < seconds)
            {
                values[at] = Math.Max(0, sample.End - sample.Committed);
            }
        }

        return new Series(name, values);
    }
}
