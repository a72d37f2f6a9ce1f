using System.Diagnostics;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>The schema registry on this machine that others wrote: one that runs (SCHEMA_REGISTRY_URL), or a distribution that the tests start (SCHEMA_REGISTRY_HOME).</summary>
public static class RegistryDistribution
{
    /// <summary>Why a test was skipped, and how to run it.</summary>
    public const string HowToRun =
        "Needs a real schema registry. Set SCHEMA_REGISTRY_URL to the address of one that may be written to, or SCHEMA_REGISTRY_HOME to a folder with bin/registry.sh, "
        + "which starts one (it needs a Java 17 runtime and bash).";

    private static string? Home => Environment.GetEnvironmentVariable("SCHEMA_REGISTRY_HOME");

    private static string? Url => Environment.GetEnvironmentVariable("SCHEMA_REGISTRY_URL");

    /// <summary>Whether there is one.</summary>
    public static bool IsPresent => !string.IsNullOrEmpty(Url) || (!OperatingSystem.IsWindows() && !string.IsNullOrEmpty(Home));

    /// <summary>Starts one in a directory, unless one runs.</summary>
    /// <returns>Its address.</returns>
    public static async Task<string> StartAsync(string directory) => Url is { Length: > 0 } url ? url : (await RunAsync("start", directory)).Trim().Split('\n')[^1];

    /// <summary>Ends what was started.</summary>
    public static Task StopAsync(string directory) => string.IsNullOrEmpty(Url) ? RunAsync("stop", directory) : Task.CompletedTask;

    private static async Task<string> RunAsync(string verb, string directory)
    {
        var script = Path.Combine(Home ?? throw new InvalidOperationException(HowToRun), "bin", "registry.sh");
        using var process = Process.Start(new ProcessStartInfo("bash", [script, verb, directory]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} {verb} ended with {process.ExitCode}: {output}");
    }
}
