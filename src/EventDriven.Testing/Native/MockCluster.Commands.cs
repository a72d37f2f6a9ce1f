using System.Runtime.InteropServices;

namespace EventDriven.Testing.Native;

internal sealed partial class MockCluster
{
    internal const int AllBrokers = -1;
    internal const int NoBroker = -1;

    private static readonly bool VarargsOnStack =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 && (OperatingSystem.IsMacOS() || OperatingSystem.IsIOS());

    // All return the error code of the native call.
    internal int CreateTopic(string topic, int partitions, int replicationFactor) =>
        Command(() => LibRdKafka.rd_kafka_mock_topic_create(this, topic, partitions, replicationFactor));

    internal int DeleteTopic(string topic) => Command(() => LibRdKafka.rd_kafka_mock_topic_delete(this, topic));

    internal int DeleteRecords(string topic, int partition, long beforeOffset) =>
        Command(() => LibRdKafka.rd_kafka_mock_partition_delete_records(this, topic, partition, beforeOffset));

    internal int SetLeader(string topic, int partition, int broker) =>
        Command(() => LibRdKafka.rd_kafka_mock_partition_set_leader(this, topic, partition, broker));

    internal int SetGroupCoordinator(string group, int broker) =>
        Command(() => LibRdKafka.rd_kafka_mock_coordinator_set(this, "group", group, broker));

    internal int SetDown(int broker) => Command(() => LibRdKafka.rd_kafka_mock_broker_set_down(this, broker));

    internal int SetUp(int broker) => Command(() => LibRdKafka.rd_kafka_mock_broker_set_up(this, broker));

    internal int SetLatency(int broker, int milliseconds) =>
        Command(() => LibRdKafka.rd_kafka_mock_broker_set_rtt(this, broker, milliseconds));

    internal int SetVersions(KafkaRequest request, short min, short max) =>
        Command(() => LibRdKafka.rd_kafka_mock_set_apiversion(this, (short)request, min, max));

    internal void SetController(int broker) => LibRdKafka.rd_kafka_mock_set_controller_id(this, broker);

    internal void SetClassicGroups(int initialRebalanceDelayMilliseconds) =>
        LibRdKafka.rd_kafka_mock_group_initial_rebalance_delay_ms(this, initialRebalanceDelayMilliseconds);

    internal void SetConsumerGroups(int heartbeatMilliseconds, int sessionMilliseconds)
    {
        LibRdKafka.rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(this, heartbeatMilliseconds);
        LibRdKafka.rd_kafka_mock_set_group_consumer_session_timeout_ms(this, sessionMilliseconds);
    }

    internal void PushFaults(KafkaRequest request, KafkaFault fault, int times)
    {
        var errors = new int[times];
        Array.Fill(errors, (int)fault);
        LibRdKafka.rd_kafka_mock_push_request_errors_array(this, (short)request, (nuint)times, errors);
    }

    internal void ClearFaults(KafkaRequest request) => LibRdKafka.rd_kafka_mock_clear_request_errors(this, (short)request);

    internal int PushFault(string topic, int partition, KafkaRequest request, KafkaFault fault) =>
        VarargsOnStack
            ? LibRdKafka.PushPartitionErrorOnAppleArm64(this, topic, partition, (short)request, 1, 0, 0, 0, (int)fault)
            : LibRdKafka.rd_kafka_mock_partition_push_request_errors(this, topic, partition, (short)request, 1, (int)fault);

    internal int PushDelay(int broker, KafkaRequest request, int milliseconds) =>
        VarargsOnStack
            ? LibRdKafka.PushBrokerErrorOnAppleArm64(this, broker, (short)request, 1, 0, 0, 0, 0, 0, milliseconds)
            : LibRdKafka.rd_kafka_mock_broker_push_request_error_rtts(this, broker, (short)request, 1, 0, milliseconds);

    private int Command(Func<int> command)
    {
        using (_waker.WakeSoon())
            return command();
    }
}
