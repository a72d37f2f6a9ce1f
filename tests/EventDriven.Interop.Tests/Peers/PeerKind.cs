namespace EventDriven.Interop.Tests.Peers;

/// <summary>Clients that others wrote.</summary>
public enum PeerKind
{
    /// <summary>The client vendor's package for Node.</summary>
    Node = 0,

    /// <summary>Debian's packages for Python.</summary>
    Python,
}
