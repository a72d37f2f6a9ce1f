using System.Net;
using System.Net.Sockets;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

internal static class FreePorts
{
    // Below the range from which systems take the ports of outgoing connections: a client that keeps trying to reach a crashed
    // broker could otherwise be given the broker's own port and keep it from starting again.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    /// <summary>Ports of the loopback interface that nobody listens on.</summary>
    public static int[] Take(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            int port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
