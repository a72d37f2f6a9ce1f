using System.Diagnostics;
using System.Globalization;

namespace EventDriven.Chaos.Workers;

/// <summary>What a process uses, every few seconds: memory, handles, threads. The soak is judged by how they change.</summary>
internal static class WorkerVitals
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    public static async Task WriteAsync(RunLog log, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        using var self = Process.GetCurrentProcess();
        do
        {
            self.Refresh();
            log.Write(
                "vitals",
                Text(self.WorkingSet64),
                Text(GC.GetTotalMemory(forceFullCollection: false)),
                Text(Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : self.HandleCount),
                Text(self.Threads.Count));
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
