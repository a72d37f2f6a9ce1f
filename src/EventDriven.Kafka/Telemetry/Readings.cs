using System.Diagnostics.Metrics;
using System.Globalization;

namespace EventDriven.Kafka.Telemetry;

/// <summary>The instruments that are read when somebody collects, and cost nothing otherwise. Thread-safe.</summary>
internal sealed class Readings
{
    private readonly Lock _gate = new();
    private Func<ConsumerReading>[] _consumers = [];
    private Func<IReadOnlyList<ProducerClientReading>>[] _clients = [];

    public void Add(Func<ConsumerReading> consumer)
    {
        lock (_gate) _consumers = [.. _consumers, consumer];
    }

    public void Add(Func<IReadOnlyList<ProducerClientReading>> clients)
    {
        lock (_gate) _clients = [.. _clients, clients];
    }

    public void Register(Meter meter)
    {
        meter.CreateObservableGauge(
            "eventdriven.consumer.lag", () => OfPartitions<long>(static partition => partition.Lag), "{event}",
            "Records between the finished position of a partition and the end of its log.");
        meter.CreateObservableGauge(
            "eventdriven.consumer.due_lag", () => OfPartitions<long>(static partition => partition.DueLag), "{event}",
            "The lag of a partition without events that wait for their time.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.consumer.in_flight", () => OfPartitions<long>(static partition => partition.InFlight), "{event}", "Events in handlers, or between two attempts.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.consumer.buffered", () => OfPartitions<long>(static partition => partition.Buffered), "{event}", "Records held that are not started.");
        meter.CreateObservableGauge(
            "eventdriven.consumer.oldest_in_flight.age", () => OfPartitions<double>(static partition => partition.OldestInFlight.TotalSeconds), "s",
            "How long the oldest event has been in its handler; 0 where none is.");
        meter.CreateObservableGauge(
            "eventdriven.consumer.watermark.age", () => OfPartitions<double>(static partition => partition.WatermarkAge.TotalSeconds), "s",
            "How long the finished position of a partition with lag has not moved; 0 where there is no lag.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.consumer.parked", () => OfPartitions(static partition => partition.Parked?.Events), "{event}", "Events that are parked.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.consumer.parked.keys", () => OfPartitions(static partition => partition.Parked?.Keys), "{key}", "Keys that have parked events.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.consumer.parked.size", () => OfPartitions(static partition => partition.Parked?.Bytes), "By", "What the parked events weigh.");
        meter.CreateObservableGauge(
            "eventdriven.consumer.parked.oldest_due.age", () => OfPartitions(static partition => partition.Parked?.OldestDue.TotalSeconds), "s",
            "For how long the parked event has been due that has been the longest; 0 where none is.");
        meter.CreateObservableGauge(
            "eventdriven.consumer.parked.rebuild.time", () => OfPartitions(static partition => partition.Parked?.RebuildTime?.TotalSeconds), "s",
            "How long it took to read what is parked, at the last assignment of the partition.");
        meter.CreateObservableGauge(
            "eventdriven.consumer.parked.growing", () => OfPartitions<long>(static partition => partition.Parked is { } parked ? parked.IsGrowing ? 1 : 0 : null), "{partition}",
            "1 where the parked log can't be trimmed, so that it only grows; 0 elsewhere.");
        meter.CreateObservableUpDownCounter("eventdriven.consumer.partitions", ReadAssigned, "{partition}", "Partitions assigned.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.consumer.paused_partitions", ReadPaused, "{partition}", "Partitions that are not fetched, by reason; one with two reasons counts for both.");
        meter.CreateObservableUpDownCounter("eventdriven.consumer.state", ReadStates, "{consumer}", "1 for the state that the consumer is in, 0 for the others.");
        meter.CreateObservableCounter(
            "eventdriven.consumer.expired", ReadExpired, "{event}", "Events that expired on the broker before they were read.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.producer.in_flight", () => OfClients(static client => client.InFlight), "{event}", "Events in the producers' client that have no answer yet.");
        meter.CreateObservableUpDownCounter(
            "eventdriven.producer.waiting", () => OfClients(static client => client.Waiting), "{event}", "Calls that wait for room in the client's full queue.");
    }

    private IEnumerable<ConsumerReading> Consumers => Volatile.Read(ref _consumers).Select(static read => read());

    private List<Measurement<T>> OfPartitions<T>(Func<PartitionReading, T?> value)
        where T : struct
    {
        var measurements = new List<Measurement<T>>();
        foreach (var consumer in Consumers)
        {
            foreach (var partition in consumer.Partitions)
            {
                if (value(partition) is not { } measured) continue;

                measurements.Add(new Measurement<T>(
                    measured,
                    KeyValuePair.Create<string, object?>(Attributes.Consumer, consumer.Name),
                    KeyValuePair.Create<string, object?>(Attributes.Group, consumer.Group),
                    KeyValuePair.Create<string, object?>(Attributes.Topic, partition.Topic),
                    KeyValuePair.Create<string, object?>(Attributes.Partition, partition.Partition.ToString(CultureInfo.InvariantCulture))));
            }
        }

        return measurements;
    }

    private IEnumerable<Measurement<long>> ReadAssigned() => Consumers.Select(static consumer => Of(consumer, consumer.Partitions.Count));

    private IEnumerable<Measurement<long>> ReadExpired() => Consumers.Select(static consumer => Of(consumer, consumer.Expired));

    private IEnumerable<Measurement<long>> ReadPaused() =>
        from consumer in Consumers
        from reason in consumer.PossiblePauseReasons
        select Of(consumer, consumer.Partitions.Count(partition => partition.PauseReasons.Contains(reason)), KeyValuePair.Create<string, object?>(Attributes.PauseReason, reason));

    private IEnumerable<Measurement<long>> ReadStates() =>
        from consumer in Consumers
        from state in consumer.PossibleStates
        select Of(consumer, state == consumer.State ? 1 : 0, KeyValuePair.Create<string, object?>(Attributes.State, state));

    private IEnumerable<Measurement<long>> OfClients(Func<ProducerClientReading, long> value) =>
        from cluster in Volatile.Read(ref _clients).SelectMany(static read => read()).GroupBy(static client => client.Cluster)
        select new Measurement<long>(cluster.Sum(value), KeyValuePair.Create<string, object?>(Attributes.Cluster, cluster.Key));

    private static Measurement<long> Of(ConsumerReading consumer, long value, params ReadOnlySpan<KeyValuePair<string, object?>> more) => new(
        value,
        [
            KeyValuePair.Create<string, object?>(Attributes.Consumer, consumer.Name),
            KeyValuePair.Create<string, object?>(Attributes.Group, consumer.Group),
            .. more,
        ]);
}
