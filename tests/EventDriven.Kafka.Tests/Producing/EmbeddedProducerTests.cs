using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class EmbeddedProducerTests
{
    private static readonly string[] CloudEventNames = ["ce_id", "ce_source", "ce_specversion", "ce_type", "ce_time", "content-type"];

    [Fact]
    public async Task An_event_arrives_as_its_receipt_says_with_key_value_headers_and_time()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<Order>("orders", static p => p
            .KeyedBy(static e => e.Id).EventType("order-placed").Configure(static o => o.Source = "/shop")));
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

        var receipt = await host.Producer<Order>().ProduceAsync(
            new Order("o-1", 12.5m), new ProduceOptions { Headers = new EventHeaders().Add("a", "1").Add("a", (string?)null), Partition = 2, Timestamp = time }).InTime();

        // The embedded broker answers that every record was appended at 1,234 ms; the record itself has the right time.
        Assert.Equal(new EventReceipt { Topic = "orders", Partition = 2, Offset = 0, Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1_234) }, receipt);
        var record = Assert.Single(host.Read("orders", 2, 1));
        Assert.Equal("o-1", Encoding.UTF8.GetString(record.Message.Key!));
        Assert.Equal(new Order("o-1", 12.5m), JsonSerializer.Deserialize<Order>(record.Message.Value, JsonSerializerOptions.Web));
        Assert.Equal(time.ToUnixTimeMilliseconds(), record.Message.Timestamp.UnixTimestampMs);
        Assert.Equal(["a", "a", .. CloudEventNames], record.Message.Headers.Select(static header => header.Key));
        Assert.Null(record.Message.Headers[1].GetValueBytes());
        Assert.Equal("/shop", Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("ce_source")));
        Assert.Equal("order-placed", Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("ce_type")));
    }

    [Fact]
    public async Task Keys_have_the_form_of_the_Java_client()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services =>
        {
            services.AddKeyedEventProducer<Keys>("int", "orders", static p => p.KeyedBy(static e => e.Int));
            services.AddKeyedEventProducer<Keys>("long", "orders", static p => p.KeyedBy(static e => e.Long));
            services.AddKeyedEventProducer<Keys>("double", "orders", static p => p.KeyedBy(static e => e.Double));
            services.AddKeyedEventProducer<Keys>("text", "orders", static p => p.KeyedBy(static e => e.Text));
            services.AddKeyedEventProducer<Keys>("guid", "orders", static p => p.KeyedBy(static e => e.Guid));
            services.AddKeyedEventProducer<Keys>("bytes", "orders", static p => p.KeyedBy(static e => e.Bytes));
            services.AddKeyedEventProducer<Keys>("maybe", "orders", static p => p.KeyedBy(static e => e.Maybe));
            services.AddKeyedEventProducer<Keys>("none", "orders");
        });
        var e = new Keys(-7, 1L << 40, 2.5, "käse", Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), [1, 0], null);
        string[] names = ["int", "long", "double", "text", "guid", "bytes", "maybe", "none"];
        foreach (var name in names) await host.Producer<Keys>(name).ProduceAsync(e, new ProduceOptions { Partition = 0 }).InTime();

        var written = host.Read("orders", 0, names.Length).Select(static record => record.Message.Key).ToArray();

        var context = SerializationContext.Empty;
        Assert.Equal(Serializers.Int32.Serialize(e.Int, context), written[0]);
        Assert.Equal(Serializers.Int64.Serialize(e.Long, context), written[1]);
        Assert.Equal(Serializers.Double.Serialize(e.Double, context), written[2]);
        Assert.Equal(Serializers.Utf8.Serialize(e.Text, context), written[3]);
        Assert.Equal("0f8fad5b-d9cb-469f-a165-70867728950e", Encoding.UTF8.GetString(written[4]!));
        Assert.Equal(e.Bytes, written[5]);
        Assert.Null(written[6]);
        Assert.Null(written[7]);
    }

    [Fact]
    public async Task A_tombstone_lands_on_the_partition_of_its_key()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<Order>("orders", static p => p.KeyedBy(static e => e.Id)));
        for (var i = 0; i < 10; i++)
        {
            var id = $"o-{i}";
            var placed = await host.Producer<Order>().ProduceAsync(new Order(id, 1)).InTime();
            var gone = await host.Producer<Order>().ProduceTombstoneAsync(id).InTime();
            Assert.Equal((placed.Partition, placed.Offset + 1), (gone.Partition, gone.Offset));
            Assert.Null(host.Read("orders", gone.Partition, (int)gone.Offset + 1)[^1].Message.Value);
        }
    }

    [Fact]
    public async Task A_broker_that_goes_and_comes_back_loses_nothing_and_keeps_the_order()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>("orders", static p => p
            .KeyedBy(static e => e.Split(':')[0]).ConfigureClient(static c => c.QueueBufferingMaxMessages = 50)));
        var producer = host.Producer<string>();
        await producer.ProduceAsync("0:first").InTime();
        kafka.Faults.StopBrokers();
        var receipts = new List<EventReceipt>();
        var calls = new List<Task>();
        for (var i = 0; i < 1_000; i++)
        {
            calls.Add(producer.EnqueueAsync(
                string.Create(CultureInfo.InvariantCulture, $"{i % 7}:{i}"),
                delivery =>
                {
                    Assert.True(delivery.Succeeded);
                    lock (receipts) receipts.Add(delivery.Receipt);
                }).AsTask());
        }

        Assert.Contains(calls, static call => !call.IsCompleted);
        kafka.Faults.StartBrokers();
        await Task.WhenAll(calls).InTime();
        await producer.FlushAsync().InTime();

        Assert.Equal(1_000, receipts.Count);
        var read = receipts.GroupBy(static receipt => receipt.Partition)
            .SelectMany(partition => host.Read("orders", partition.Key, (int)partition.Max(static receipt => receipt.Offset) + 1))
            .Select(static record => Encoding.UTF8.GetString(record.Message.Value!).Split(':')).Where(static parts => parts[1] != "first").ToArray();
        Assert.Equal(1_000, read.Length);
        foreach (var key in read.GroupBy(static parts => parts[0]))
        {
            var numbers = key.Select(static parts => int.Parse(parts[1], CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    [Theory]
    [InlineData(KafkaFault.TopicAuthorizationFailed, ProduceFailureReason.NotAuthorized)]
    [InlineData(KafkaFault.MessageTooLarge, ProduceFailureReason.TooLarge)]
    [InlineData(KafkaFault.InvalidRecord, ProduceFailureReason.Other)]
    public async Task An_error_of_the_broker_comes_typed(KafkaFault fault, ProduceFailureReason reason)
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>("orders"));
        kafka.Faults.FailNext(KafkaRequest.Produce, fault);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync("secret").InTime());

        Assert.Equal((reason, "orders", false), (error.Reason, error.Topic, error.MayHaveBeenDelivered));
    }

    [Fact]
    public async Task A_topic_that_was_refused_is_written_to_again_once_the_client_has_looked_at_it_again()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>(
            "orders", static p => p.ConfigureClient(static client => client.TopicMetadataRefreshIntervalMs = 50)));
        kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.TopicAuthorizationFailed);
        await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync("first").InTime());

        // Until then the client refuses the topic by itself, at once.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var written = false; !written;)
        {
            try
            {
                await host.Producer<string>().ProduceAsync("next", patience.Token);
                written = true;
            }
            catch (EventProduceException refused)
            {
                Assert.Equal((ProduceFailureReason.NotAuthorized, "orders", false), (refused.Reason, refused.Topic, refused.MayHaveBeenDelivered));
            }
        }
    }

    [Fact]
    public async Task An_error_that_passes_is_left_to_the_client()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>("orders"));
        kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.NotEnoughReplicas, 2);
        kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.Disconnect);

        await host.Producer<string>().ProduceAsync("event").InTime();
    }

    [Fact]
    public async Task A_record_larger_than_the_client_allows_is_refused_at_once()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<byte[]>("orders"));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<byte[]>().ProduceAsync(new byte[2_000_000]).InTime());

        Assert.Equal((ProduceFailureReason.TooLarge, typeof(byte[])), (error.Reason, error.EventType));
        Assert.Contains("message.max.bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_larger_than_the_whole_queue_is_refused_and_smaller_ones_go_on()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<byte[]>(
            "orders", static p => p.ConfigureClient(static c => c.QueueBufferingMaxKbytes = 1)));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<byte[]>().ProduceAsync(new byte[5_000]).InTime());

        Assert.Equal(ProduceFailureReason.TooLarge, error.Reason);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Producer<byte[]>().ProduceAsync(new byte[600]))).InTime();
    }

    [Fact]
    public async Task A_queue_of_one_event_never_gets_stuck()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>(
            "orders", static p => p.Configure(static o => o.Linger = TimeSpan.Zero).ConfigureClient(static c => c.QueueBufferingMaxMessages = 1)));

        var receipts = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => host.Producer<string>().ProduceAsync($"{i}", new ProduceOptions { Partition = 0 }))).InTime();

        Assert.Equal(Enumerable.Range(0, 200).Select(static i => (long)i), receipts.Select(static receipt => receipt.Offset));
    }

    [Fact]
    public async Task An_unknown_partition_is_told()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>("orders"));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync("e", new ProduceOptions { Partition = 99 }).InTime());

        Assert.Equal(ProduceFailureReason.UnknownTopicOrPartition, error.Reason);
    }

    [Fact]
    public async Task An_event_that_never_left_timed_out_for_certain()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>(
            "orders", static p => p.Configure(static o => o.DeliveryTimeout = TimeSpan.FromMilliseconds(300))));
        kafka.Faults.StopBrokers();

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync("e").InTime());

        Assert.Equal((ProduceFailureReason.TimedOut, false), (error.Reason, error.MayHaveBeenDelivered));
    }

    [Fact]
    public async Task An_event_whose_acknowledgement_is_lost_may_have_been_delivered()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>(
            "orders", static p => p.Configure(static o => o.DeliveryTimeout = TimeSpan.FromSeconds(5))));
        await host.Producer<string>().ProduceAsync("first", new ProduceOptions { Partition = 0 }).InTime();
        kafka.Faults.DelayNext(KafkaRequest.Produce, TimeSpan.FromSeconds(20));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync("second", new ProduceOptions { Partition = 0 }).InTime());

        Assert.True(error.MayHaveBeenDelivered, error.ToString());
        Assert.Equal(2, host.Read("orders", 0, 2).Count);
    }

    [Fact]
    public async Task A_client_with_a_fatal_error_is_replaced()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>("orders"));
        kafka.Faults.FailNext(KafkaRequest.InitProducerId, KafkaFault.ClusterAuthorizationFailed);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync("first").InTime());

        Assert.Equal(ProduceFailureReason.NotAuthorized, error.Reason);
        await host.Producer<string>().ProduceAsync("second").InTime();
    }

    [Fact]
    public async Task A_stop_with_the_broker_away_ends_in_its_time_and_counts_what_was_not_delivered()
    {
        using var kafka = Start();
        await using var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>("orders"));
        await host.Producer<string>().ProduceAsync("first").InTime();
        kafka.Faults.StopBrokers();
        var calls = Enumerable.Range(0, 10).Select(i => host.Producer<string>().ProduceAsync($"{i}")).ToArray();
        using var budget = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => host.Pool.StopAsync(budget.Token).InTime());

        Assert.Equal((ProduceFailureReason.NotDelivered, 10L, "orders"), (error.Reason, error.Count, error.Topic));
        foreach (var call in calls) Assert.Equal(ProduceFailureReason.Stopping, (await Assert.ThrowsAsync<EventProduceException>(() => call.InTime())).Reason);
    }

    [Fact]
    public async Task A_disposal_without_a_host_delivers_what_is_under_way_although_it_lingers()
    {
        using var kafka = Start();
        var host = new ProducerHost(kafka, static services => services.AddEventProducer<string>(
            "orders", static p => p.Configure(static o => o.Linger = TimeSpan.FromMinutes(1))));
        var call = host.Producer<string>().ProduceAsync("event");
        await host.DisposeAsync();

        await call.InTime();
    }

    private static EmbeddedKafka Start()
    {
        var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 4);
        return kafka;
    }

    private sealed record Order(string Id, decimal Amount);

    private sealed record Keys(int Int, long Long, double Double, string Text, Guid Guid, byte[] Bytes, Guid? Maybe);
}
