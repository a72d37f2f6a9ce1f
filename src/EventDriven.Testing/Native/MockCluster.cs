using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EventDriven.Testing.Native;

/// <summary>
/// A native mock cluster and the client handle it needs to live. A safe handle, because a call must never meet a cluster that another thread
/// has just destroyed: that ends the process. Its commands are in the other half of this class.
/// </summary>
internal sealed partial class MockCluster : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ErrorSize = 512;
    private readonly nint _host;
    private readonly BrokerWaker _waker;

    private MockCluster(nint host, int brokers)
        : base(ownsHandle: true)
    {
        _host = host;
        SetHandle(LibRdKafka.rd_kafka_mock_cluster_new(host, brokers));
        if (IsInvalid)
        {
            LibRdKafka.rd_kafka_destroy(host);
            throw new EmbeddedKafkaException(
                $"librdkafka could not open {brokers} listeners on 127.0.0.1. Is the process out of file descriptors or ports?");
        }

        Bootstraps = Marshal.PtrToStringUTF8(LibRdKafka.rd_kafka_mock_cluster_bootstraps(this)) is { Length: > 0 } servers
            ? servers
            : throw new EmbeddedKafkaException("librdkafka's mock cluster started without a broker address.");
        _waker = new BrokerWaker(Bootstraps);
    }

    internal string Bootstraps { get; }

    internal static MockCluster Create(int brokers, int maxRequestBytes)
    {
        LibRdKafkaLoader.EnsureLoaded();
        return new MockCluster(CreateHost(maxRequestBytes), brokers);
    }

    protected override bool ReleaseHandle()
    {
        using (_waker?.WakeSoon())
            LibRdKafka.rd_kafka_mock_cluster_destroy(handle);

        LibRdKafka.rd_kafka_destroy(_host);
        return true;
    }

    private static nint CreateHost(int maxRequestBytes)
    {
        Span<byte> error = stackalloc byte[ErrorSize];
        var conf = LibRdKafka.rd_kafka_conf_new();

        // Warnings and worse: at its default level each host complains on stderr that it has no bootstrap servers.
        var set = Set(conf, "log_level", "4", error) &&
            Set(conf, "receive.message.max.bytes", maxRequestBytes.ToString(CultureInfo.InvariantCulture), error);
        var host = set ? LibRdKafka.rd_kafka_new(LibRdKafka.Producer, conf, error, ErrorSize) : 0;
        if (host != 0)
            return host;

        // Only a handle that was created owns its configuration.
        LibRdKafka.rd_kafka_conf_destroy(conf);
        throw new EmbeddedKafkaException("librdkafka refused to start the embedded cluster: " + Text(error));
    }

    private static bool Set(nint conf, string name, string value, Span<byte> error) =>
        LibRdKafka.rd_kafka_conf_set(conf, name, value, error, ErrorSize) == 0;

    private static string Text(ReadOnlySpan<byte> error)
    {
        var end = error.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? error : error[..end]);
    }
}
