using System.Runtime.InteropServices;

namespace EventDriven.Testing.Native;

/// <summary>
/// The native client's mock cluster (<c>rdkafka_mock.h</c>), under its own names so that they can be looked up there.
/// Call <see cref="LibRdKafkaLoader.EnsureLoaded"/> first.
/// </summary>
internal static partial class LibRdKafka
{
    internal const string Name = "librdkafka";
    internal const int Producer = 0;

    [LibraryImport(Name)]
    internal static partial nint rd_kafka_conf_new();

    [LibraryImport(Name)]
    internal static partial void rd_kafka_conf_destroy(nint conf);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_conf_set(nint conf, string name, string value, Span<byte> error, nuint errorSize);

    [LibraryImport(Name)]
    internal static partial nint rd_kafka_new(int type, nint conf, Span<byte> error, nuint errorSize);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Name)]
    internal static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Name)]
    internal static partial nint rd_kafka_mock_cluster_bootstraps(MockCluster cluster);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_set_controller_id(MockCluster cluster, int controller);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(MockCluster cluster, int delay);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(MockCluster cluster, int interval);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_set_group_consumer_session_timeout_ms(MockCluster cluster, int timeout);

    [LibraryImport(Name)]
    internal static partial int rd_kafka_mock_set_apiversion(MockCluster cluster, short apiKey, short min, short max);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_topic_create(MockCluster cluster, string topic, int partitions, int replicationFactor);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_topic_delete(MockCluster cluster, string topic);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_partition_delete_records(MockCluster cluster, string topic, int partition, long beforeOffset);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_partition_set_leader(MockCluster cluster, string topic, int partition, int broker);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_coordinator_set(MockCluster cluster, string type, string key, int broker);

    [LibraryImport(Name)]
    internal static partial int rd_kafka_mock_broker_set_down(MockCluster cluster, int broker);

    [LibraryImport(Name)]
    internal static partial int rd_kafka_mock_broker_set_up(MockCluster cluster, int broker);

    [LibraryImport(Name)]
    internal static partial int rd_kafka_mock_broker_set_rtt(MockCluster cluster, int broker, int milliseconds);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_push_request_errors_array(MockCluster cluster, short apiKey, nuint count, ReadOnlySpan<int> errors);

    [LibraryImport(Name)]
    internal static partial void rd_kafka_mock_clear_request_errors(MockCluster cluster, short apiKey);

    // The next two have C varargs. Declared with fixed arguments they arrive in the same places everywhere but on Apple's arm64, which puts
    // varargs on the stack: the second form of each fills the argument registers that are left, so that the rest lands there.
    [LibraryImport(Name)]
    internal static partial int rd_kafka_mock_broker_push_request_error_rtts(
        MockCluster cluster, int broker, short apiKey, nuint count, int error, int milliseconds);

    [LibraryImport(Name, EntryPoint = nameof(rd_kafka_mock_broker_push_request_error_rtts))]
    internal static partial int PushBrokerErrorOnAppleArm64(
        MockCluster cluster, int broker, short apiKey, nuint count, nint x4, nint x5, nint x6, nint x7, long error, long milliseconds);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rd_kafka_mock_partition_push_request_errors(
        MockCluster cluster, string topic, int partition, short apiKey, nuint count, int error);

    [LibraryImport(Name, EntryPoint = nameof(rd_kafka_mock_partition_push_request_errors), StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int PushPartitionErrorOnAppleArm64(
        MockCluster cluster, string topic, int partition, short apiKey, nuint count, nint x5, nint x6, nint x7, long error);

    /// <summary>Everything above: the mock cluster is marked experimental, so what this binary lacks is found out at start.</summary>
    internal static ReadOnlySpan<string> RequiredExports => new[]
    {
        nameof(rd_kafka_conf_new),
        nameof(rd_kafka_conf_destroy),
        nameof(rd_kafka_conf_set),
        nameof(rd_kafka_new),
        nameof(rd_kafka_destroy),
        nameof(rd_kafka_mock_cluster_new),
        nameof(rd_kafka_mock_cluster_destroy),
        nameof(rd_kafka_mock_cluster_bootstraps),
        nameof(rd_kafka_mock_set_controller_id),
        nameof(rd_kafka_mock_group_initial_rebalance_delay_ms),
        nameof(rd_kafka_mock_set_group_consumer_heartbeat_interval_ms),
        nameof(rd_kafka_mock_set_group_consumer_session_timeout_ms),
        nameof(rd_kafka_mock_set_apiversion),
        nameof(rd_kafka_mock_topic_create),
        nameof(rd_kafka_mock_topic_delete),
        nameof(rd_kafka_mock_partition_delete_records),
        nameof(rd_kafka_mock_partition_set_leader),
        nameof(rd_kafka_mock_coordinator_set),
        nameof(rd_kafka_mock_broker_set_down),
        nameof(rd_kafka_mock_broker_set_up),
        nameof(rd_kafka_mock_broker_set_rtt),
        nameof(rd_kafka_mock_push_request_errors_array),
        nameof(rd_kafka_mock_clear_request_errors),
        nameof(rd_kafka_mock_broker_push_request_error_rtts),
        nameof(rd_kafka_mock_partition_push_request_errors),
    };
}
