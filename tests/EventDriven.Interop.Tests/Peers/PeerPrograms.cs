namespace EventDriven.Interop.Tests.Peers;

/// <summary>One process of each client for all tests; it starts with the first test that asks.</summary>
public sealed class PeerPrograms : IAsyncDisposable
{
    private readonly Lazy<Peer> _node = new(static () => new Peer(PeerDistribution.Program(PeerKind.Node)));
    private readonly Lazy<Peer> _python = new(static () => new Peer(PeerDistribution.Program(PeerKind.Python)));

    public Peer this[PeerKind kind] => (kind is PeerKind.Node ? _node : _python).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in (Lazy<Peer>[])[_node, _python])
        {
            if (peer.IsValueCreated) await peer.Value.DisposeAsync();
        }
    }
}
