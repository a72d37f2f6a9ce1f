using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Reporting;

/// <summary>The three charts of the page, over the same seconds.</summary>
internal static class Charts
{
    private const int Row = 18;

    /// <summary>What was injected when: a band for each track, overlapping faults below each other.</summary>
    public static string Faults(Report report)
    {
        string[] tracks = ["workers", "brokers", "load"];
        var rows = tracks.Select(track => Pack([.. report.Faults.Where(fault => fault.Track == track)])).ToList();
        var height = rows.Sum(static row => Math.Max(1, row.Count) * Row) + ((tracks.Length - 1) * 10) + 40;
        var canvas = new SvgCanvas(report.Seconds, 1, height, "Faults over time");
        canvas.Rectangle(canvas.X(report.LoadSeconds), SvgCanvas.Top, canvas.X(report.Seconds) - canvas.X(report.LoadSeconds), canvas.Floor - SvgCanvas.Top, "settle", "Load and faults have ended");
        double y = SvgCanvas.Top + 2;
        for (var track = 0; track < tracks.Length; track++)
        {
            canvas.Text(SvgCanvas.Left - 8, y + 12, tracks[track], "tick end");
            foreach (var row in rows[track])
            {
                foreach (var fault in row)
                {
                    canvas.Rectangle(
                        canvas.X(fault.Begin), y, Math.Max(3, canvas.X(fault.End) - canvas.X(fault.Begin)), Row - 4, $"fault {Css(fault)}",
                        FormattableString.Invariant($"{fault.Kind}: {fault.Target}, {fault.Begin:F1} to {fault.End:F1} s"));
                    if (canvas.X(fault.End) - canvas.X(fault.Begin) > (fault.Kind.Length * 6.2) + 6)
                    {
                        canvas.Text(canvas.X(fault.Begin) + 4, y + 11, fault.Kind, "label");
                    }
                }

                y += Row;
            }

            y += 10 + (rows[track].Count == 0 ? Row : 0);
        }

        canvas.Axes(withValues: false);
        return canvas.ToString();
    }

    /// <summary>Finished events a second, the services on top of each other.</summary>
    public static string Throughput(Report report)
    {
        var highest = Enumerable.Range(0, report.Seconds).Max(second => report.Throughput.Sum(series => series.Values[second]));
        var canvas = new SvgCanvas(report.Seconds, highest * 1.05, 240, "Finished events a second");
        Outages(canvas, report);
        canvas.Axes(withValues: true);
        var below = new double[report.Seconds];
        for (var i = 0; i < report.Throughput.Count; i++)
        {
            var above = below.Zip(report.Throughput[i].Values, static (lower, value) => lower + value).ToArray();
            canvas.Area(below, above, $"area s{i}", report.Throughput[i].Name);
            below = above;
        }

        return canvas.ToString();
    }

    /// <summary>Events that are not committed yet, a line for each partition of a service.</summary>
    public static string Lag(Report report, IReadOnlyList<Series> partitions, int service)
    {
        var highest = partitions.SelectMany(static partition => partition.Values).Where(static value => !double.IsNaN(value)).DefaultIfEmpty(1).Max();
        var canvas = new SvgCanvas(report.Seconds, highest * 1.05, 170, "Lag of each partition", width: 530);
        Outages(canvas, report);
        canvas.Axes(withValues: true);
        foreach (var partition in partitions)
        {
            canvas.Path(partition.Values, $"line s{service}", FormattableString.Invariant($"{partition.Name}, at most {partition.Values.Where(static value => !double.IsNaN(value)).DefaultIfEmpty(0).Max():N0}"));
        }

        return canvas.ToString();
    }

    private static string Css(ReportedFault fault) => fault.Reach switch
    {
        FaultReach.Death => "death",
        FaultReach.Freeze => "freeze",
        FaultReach.Broker => "broker",
        _ => "mild",
    };

    private static void Outages(SvgCanvas canvas, Report report)
    {
        foreach (var fault in report.Faults.Where(static fault => fault.Reach != FaultReach.None))
        {
            canvas.Rectangle(
                canvas.X(fault.Begin), SvgCanvas.Top, Math.Max(1, canvas.X(fault.End) - canvas.X(fault.Begin)), canvas.Floor - SvgCanvas.Top, $"band {Css(fault)}",
                $"{fault.Kind}: {fault.Target}");
        }
    }

    private static List<List<ReportedFault>> Pack(List<ReportedFault> faults)
    {
        var rows = new List<List<ReportedFault>>();
        foreach (var fault in faults)
        {
            if (rows.Find(row => row[^1].End <= fault.Begin) is { } free)
            {
                free.Add(fault);
            }
            else
            {
                rows.Add([fault]);
            }
        }

        return rows;
    }
}
