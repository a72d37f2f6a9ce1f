using EventDriven.SchemaRegistry.Testing;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Counts the bytes that the process allocates: nothing else may run meanwhile.</summary>
[Collection(nameof(ResponseLimitTests))]
[CollectionDefinition(nameof(ResponseLimitTests), DisableParallelization = true)]
public sealed class ResponseLimitTests
{
    [Fact]
    public async Task An_answer_that_takes_more_memory_than_it_may_is_given_up()
    {
        await using var registry = await EmbeddedSchemaRegistry.StartAsync();
        var options = TestRegistry.Options(registry.Url, static options => options.MaxResponseBytes = 1024 * 1024);
        using var client = VendorClient.Create(options);
        registry.Inject(RegistryFault.EndlessBody);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetSchemaAsync(1)).WaitAsync(TestRegistry.Patience, TestContext.Current.CancellationToken);

        // The registry in this process writes what it allocated once; the client doubles its buffer up to the limit.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 32L * 1024 * 1024);
        using var other = new Confluent.SchemaRegistry.CachedSchemaRegistryClient(new Confluent.SchemaRegistry.SchemaRegistryConfig { Url = registry.Url });
        Assert.True(ResponseLimit.TryApply(other, 1024));
    }
}
