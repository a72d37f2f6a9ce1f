using System.Net;
using System.Net.Sockets;

namespace EventDriven.Testing.Native;

/// <summary>
/// Wakes a mock cluster's thread by connecting to a broker. The thread serves a command and then throws away its wake-up signals, that of the
/// next command included if it came in between: this next command would wait until the thread's poll times out, one second later.
/// </summary>
internal sealed class BrokerWaker
{
    private static readonly TimeSpan FirstWake = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan NextWakes = TimeSpan.FromMilliseconds(50);
    private readonly IPEndPoint[] _brokers;

    internal BrokerWaker(string bootstrapServers) =>
        _brokers = [.. bootstrapServers.Split(',').Select(server => IPEndPoint.Parse(server))];

    /// <summary>Wakes the thread after a few milliseconds, and again, until disposed.</summary>
    internal IDisposable WakeSoon() => TimeProvider.System.CreateTimer(_ => Wake(), null, FirstWake, NextWakes);

    private void Wake() => _ = Array.Exists(_brokers, TryConnect);

    private static bool TryConnect(IPEndPoint broker)
    {
        using var socket = new Socket(broker.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(broker);
            return true;
        }
        catch (SocketException)
        {
            // This broker is stopped. If all are, the command has its second to wait.
            return false;
        }
    }
}
