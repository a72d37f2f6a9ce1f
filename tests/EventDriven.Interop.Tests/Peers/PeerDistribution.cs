using System.ComponentModel;
using System.Diagnostics;

namespace EventDriven.Interop.Tests.Peers;

/// <summary>The clients of others on this machine.</summary>
public static class PeerDistribution
{
    /// <summary>Why a test was skipped, and how to run it.</summary>
    public const string HowToRun =
        "Needs clients of others. Install Node 20 and run 'npm ci' in tests/EventDriven.Interop.Tests/clients; install Debian's packages python3-avro, python3-jsonschema and python3-protobuf "
        + "(the Python that has them is python3, /usr/bin/python3 or what INTEROP_PYTHON names).";

    /// <summary>The folder with the programs that use them.</summary>
    public static string Clients { get; } = FindClients();

    private static readonly Lazy<string?> PythonPath = new(FindPython);

    private static readonly Lazy<bool> HasNode = new(static () => Directory.Exists(Path.Combine(Clients, "node_modules")) && Runs("node", ["--version"]));

    /// <summary>Whether both are there.</summary>
    public static bool IsPresent => HasNode.Value && PythonPath.Value is not null;

    /// <summary>The program of a client.</summary>
    public static ProcessStartInfo Program(PeerKind kind) => kind is PeerKind.Node
        ? new ProcessStartInfo("node", [Path.Combine(Clients, "peer.cjs")])
        : new ProcessStartInfo(PythonPath.Value!, [Path.Combine(Clients, "peer.py")]);

    private static string? FindPython()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("INTEROP_PYTHON"), "python3", "/usr/bin/python3"];
        return Array.Find(candidates, static candidate => candidate is { Length: > 0 } && Runs(candidate, ["-c", "import avro.io, jsonschema, google.protobuf"]));
    }

    private static bool Runs(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string FindClients()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "EventDriven.sln"))) return Path.Combine(directory.FullName, "tests", "EventDriven.Interop.Tests", "clients");
        }

        throw new InvalidOperationException("The tests do not run inside of the repository.");
    }
}
