namespace EventDriven.SchemaRegistry.Tests;

/// <summary>One registry that others wrote, for all tests of a class.</summary>
public sealed class RealRegistry : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("eventdriven-registry-").FullName;

    public string Url { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (RegistryDistribution.IsPresent) Url = await RegistryDistribution.StartAsync(_directory);
    }

    public async ValueTask DisposeAsync()
    {
        if (RegistryDistribution.IsPresent) await RegistryDistribution.StopAsync(_directory);
        Directory.Delete(_directory, recursive: true);
    }
}
