using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Traffic;

namespace EventDriven.Chaos.Driving;

/// <summary>Says every two seconds how far the run is.</summary>
internal sealed class ProgressLine(long begin, Receipts receipts, LogWatch logs, PositionWatch positions, FaultLog faults)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        long before = 0;
        var told = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var fault in faults.Faults.Skip(told))
                {
                    told++;
                    Console.WriteLine($"{Time(fault.Begin)}  {Describe(fault)}");
                }

                var handled = logs.Handled;
                var lag = positions.Latest.Sum(static sample => Math.Max(0, sample.End - sample.Committed));
                Console.WriteLine(
                    $"{Time(Monotonic.Now)}  events {receipts.Acknowledged.Count,9:N0}  handled {handled,9:N0} ({(handled - before) / s_interval.TotalSeconds,6:N0}/s)  "
                    + $"duplicates {logs.Duplicates,6:N0}  lag {lag,7:N0}  faults {told}");
                before = handled;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string Describe(FaultWindow fault) => $"{fault.Kind}: {fault.Target}, {Monotonic.Seconds(fault.End - fault.Begin):F1} s";

    private string Time(long at) => TimeSpan.FromSeconds(Monotonic.Seconds(at - begin)).ToString(@"mm\:ss", System.Globalization.CultureInfo.InvariantCulture);
}
