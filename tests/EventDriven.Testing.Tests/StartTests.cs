using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace EventDriven.Testing.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_first_record_is_consumed_by_a_group_within_a_second_of_the_start()
    {
        // The first client of a process loads the native library and compiles code, which is not the cluster's time.
        await StartProduceConsume();

        var watch = Stopwatch.StartNew();
        await StartProduceConsume();

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"It took {watch.Elapsed.TotalMilliseconds} ms.");
    }

    [Fact]
    public async Task Several_clusters_in_one_process_do_not_see_each_other()
    {
        var clusters = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => EmbeddedKafka.Start())));
        try
        {
            Assert.Equal(clusters.Length, clusters.Select(cluster => cluster.BootstrapServers).Distinct().Count());
            await Task.WhenAll(clusters.Select((cluster, index) => Task.Run(() =>
            {
                cluster.CreateTopic("events", partitions: 1);
                using var producer = Clients.Producer(cluster);
                producer.Produce(new TopicPartition("events", 0), Clients.Text(index.ToString(CultureInfo.InvariantCulture)));
                producer.Flush(Clients.Patience);
            })));

            for (var index = 0; index < clusters.Length; index++)
            {
                using var consumer = Clients.Subscribed(clusters[index], "group", "events", config => config.EnablePartitionEof = true);
                Assert.Equal(index.ToString(CultureInfo.InvariantCulture), consumer.Next().Text());
                Assert.True(consumer.Next().IsPartitionEOF);
            }
        }
        finally
        {
            foreach (var cluster in clusters)
                cluster.Dispose();
        }
    }

    [Fact]
    public void Bootstrap_servers_name_every_broker()
    {
        using var kafka = EmbeddedKafka.Start(options => options.Brokers = 3);

        var servers = kafka.BootstrapServers.Split(',');

        Assert.Equal(3, servers.Length);
        Assert.All(servers, server => Assert.StartsWith("127.0.0.1:", server, StringComparison.Ordinal));
        Assert.Equal(kafka.BootstrapServers, kafka.ConsumerSettings["bootstrap.servers"]);
    }

    [Fact]
    public async Task Disposing_returns_before_the_brokers_are_gone_and_they_go()
    {
        var kafka = EmbeddedKafka.Start();
        var address = kafka.BootstrapServers;

        await kafka.DisposeAsync();
        await kafka.DisposeAsync();
        await kafka.Ended.WaitAsync(Clients.Patience, TestContext.Current.CancellationToken);

        using var socket = new System.Net.Sockets.TcpClient();
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(
            () => socket.ConnectAsync(System.Net.IPEndPoint.Parse(address), TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task A_disposed_cluster_refuses_every_call()
    {
        var kafka = EmbeddedKafka.Start();
        kafka.Dispose();

        Assert.Throws<ObjectDisposedException>(() => kafka.CreateTopic("events"));
        Assert.Throws<ObjectDisposedException>(() => kafka.DeleteTopic("events"));
        Assert.Throws<ObjectDisposedException>(() => kafka.DeleteRecords("events", 0, 1));
        Assert.Throws<ObjectDisposedException>(() => kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.Disconnect));
        Assert.Throws<ObjectDisposedException>(() => kafka.Faults.StopBrokers());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => kafka.EnsureNothingEvictedAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Calls_that_race_with_disposal_are_answered_or_refused()
    {
        for (var round = 0; round < 10; round++)
        {
            var kafka = EmbeddedKafka.Start();
            using var started = new CountdownEvent(2);
            var callers = Enumerable.Range(0, 2).Select(caller => Task.Run(() =>
            {
                started.Signal();
                for (var call = 0; ; call++)
                    kafka.CreateTopic(string.Create(CultureInfo.InvariantCulture, $"events-{caller}-{call}"), 1);
            })).ToList();
            started.Wait(TestContext.Current.CancellationToken);

            kafka.Dispose();

            foreach (var caller in callers)
                await Assert.ThrowsAsync<ObjectDisposedException>(() => caller.WaitAsync(Clients.Patience));
        }
    }

    [Fact]
    public async Task Clients_may_outlive_the_cluster()
    {
        var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(kafka, config => config.MessageTimeoutMs = 500);
        using var consumer = Clients.Subscribed(kafka, "group", "events");
        await producer.ProduceAsync("events", Clients.Text("one"));
        Assert.Equal("one", consumer.Next().Text());

        kafka.Dispose();
        await kafka.Ended.WaitAsync(Clients.Patience, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ProduceException<byte[]?, byte[]?>>(() => producer.ProduceAsync("events", Clients.Text("two")));
        Assert.Null(consumer.Consume(TimeSpan.FromMilliseconds(50)));
    }

    private static async Task StartProduceConsume()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(kafka);
        using var consumer = Clients.Subscribed(kafka, "group", "events");
        await producer.ProduceAsync("events", Clients.Text("one"));
        Assert.Equal("one", consumer.Next().Text());
    }
}
