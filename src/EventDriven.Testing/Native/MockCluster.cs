using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EventDriven.Testing.Native;

/// <summary>
/// A native mock cluster and the client handle it needs to live. A safe handle, because a call must never meet a cluster that another thread
/// has just destroyed: that ends the process.
/// </summary>
internal sealed class MockCluster : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ErrorSize = 512;
    private readonly nint _host;

    private MockCluster(nint host)
        : base(ownsHandle: true) => _host = host;

    internal static MockCluster Create(int brokers, int maxRequestBytes)
    {
        LibRdKafkaLoader.EnsureLoaded();
        var cluster = new MockCluster(CreateHost(maxRequestBytes));
        cluster.SetHandle(LibRdKafka.rd_kafka_mock_cluster_new(cluster._host, brokers));
        if (!cluster.IsInvalid)
            return cluster;

        LibRdKafka.rd_kafka_destroy(cluster._host);
        throw new EmbeddedKafkaException(
            $"librdkafka could not open {brokers} listeners on 127.0.0.1. Is the process out of file descriptors or ports?");
    }

    protected override bool ReleaseHandle()
    {
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

    internal void Apply(EmbeddedKafkaOptions options)
    {
        const short produce = 0, fetch = 1, joinGroup = 11, consumerGroupHeartbeat = 68, disabled = -1;

        // The default controller does not exist, and admin requests would wait for it until they time out.
        LibRdKafka.rd_kafka_mock_set_controller_id(this, 1);
        LibRdKafka.rd_kafka_mock_group_initial_rebalance_delay_ms(this, 0);
        LibRdKafka.rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(this, (int)options.ConsumerGroupHeartbeatInterval.TotalMilliseconds);
        LibRdKafka.rd_kafka_mock_set_group_consumer_session_timeout_ms(this, (int)options.ConsumerGroupSessionTimeout.TotalMilliseconds);

        if (!options.GroupProtocols.HasFlag(EmbeddedGroupProtocols.Classic))
            SetVersions(joinGroup, disabled, disabled);
        if (!options.GroupProtocols.HasFlag(EmbeddedGroupProtocols.Consumer))
            SetVersions(consumerGroupHeartbeat, disabled, disabled);

        if (options.AllowLeaderlessPartitions)
        {
            // Later versions make the brokers look at the leader that is not there.
            SetVersions(produce, 0, 9);
            SetVersions(fetch, 0, 11);
        }
    }

    private void SetVersions(short apiKey, short min, short max) =>
        EmbeddedKafka.Check(LibRdKafka.rd_kafka_mock_set_apiversion(this, apiKey, min, max), $"limit the versions of request {apiKey}");

    internal string Bootstraps() =>
        Marshal.PtrToStringUTF8(LibRdKafka.rd_kafka_mock_cluster_bootstraps(this)) is { Length: > 0 } servers
            ? servers
            : throw new EmbeddedKafkaException("librdkafka's mock cluster started without a broker address.");
}
