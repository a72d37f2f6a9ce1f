namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>
/// One broker for all tests of the assembly that do it no harm; it starts with the first test that asks. A test that crashes or
/// freezes nodes, or needs other broker properties, starts a <see cref="KafkaCluster"/> of its own.
/// </summary>
public sealed class SharedBroker : IAsyncDisposable
{
    private readonly Lazy<Task<KafkaCluster>> _cluster = new(() => KafkaCluster.StartAsync());

    public Task<KafkaCluster> Cluster => _cluster.Value;

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated && _cluster.Value.IsCompletedSuccessfully)
        {
            await (await _cluster.Value).DisposeAsync();
        }
    }
}
