using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>The signals that .NET's <see cref="Process"/> cannot send.</summary>
internal static partial class UnixSignal
{
    private const int Kill = 9;
    private const int Terminate = 15;

    private static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;

    private static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    public static void Crash(Process process) => Send(process, Kill);

    public static void ShutDown(Process process) => Send(process, Terminate);

    public static void Freeze(Process process) => Send(process, Stop);

    public static void Thaw(Process process) => Send(process, Continue);

    private static void Send(Process process, int signal)
    {
        // One that has just ended by itself needs none.
        if (SendSignal(process.Id, signal) != 0 && !process.HasExited)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Signal {signal} did not reach process {process.Id}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SendSignal(int processId, int signal);
}
