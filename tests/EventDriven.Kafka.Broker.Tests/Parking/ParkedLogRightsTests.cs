using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Security;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Broker.Tests.Parking;

/// <summary>What parked logs tell where a right is missing, and that they go on once it is given.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class ParkedLogRightsTests(SecuredBroker broker)
{
    [BrokerFact]
    public async Task Without_the_right_to_delete_records_trimming_is_refused_with_the_command_that_gives_it()
    {
        var topic = await broker.NewTopicAsync(AclOperation.Describe, AclOperation.Read, AclOperation.Write);
        await using var service = Service(topic);
        using var log = service.Open();
        await log.AppendAsync(ParkedService.Entries(1, 10), CancellationToken.None).WaitAsync(ParkedService.Patience);

        var refused = await Assert.ThrowsAsync<ParkedLogException>(() => log.TrimAsync(5, CancellationToken.None).WaitAsync(ParkedService.Patience));

        Assert.True(refused.IsRefused);
        Assert.Contains(
            $"kafka-acls.sh --bootstrap-server {broker.Cluster.BootstrapServersOf("SASL")} --add --allow-principal User:NAME --operation Delete --topic {topic}",
            refused.Message, StringComparison.Ordinal);
        await broker.AllowAsync(ResourceType.Topic, topic, AclOperation.Delete);
        await log.TrimAsync(5, CancellationToken.None).WaitAsync(ParkedService.Patience);
        Assert.Equal((5, 10), await log.GetBoundsAsync(CancellationToken.None));
    }

    [BrokerFact]
    public async Task Without_the_right_to_the_group_whose_name_the_readers_carry_they_read()
    {
        var topic = await broker.NewTopicAsync(AclOperation.Describe, AclOperation.Read, AclOperation.Write);
        await using var service = Service(topic);
        using var log = service.Open();
        await log.AppendAsync(ParkedService.Entries(1, 10), CancellationToken.None).WaitAsync(ParkedService.Patience);

        Assert.Equal(10, (await ParkedService.ReadAsync(log, 0, 10)).Count);
    }

    [BrokerFact]
    public async Task Without_the_right_to_read_or_write_both_are_refused_with_what_is_missing()
    {
        var topic = await broker.NewTopicAsync(AclOperation.Describe);
        await using var service = Service(topic);
        using var log = service.Open();

        var notRead = await Assert.ThrowsAsync<ParkedLogException>(() => log.ReadAsync(ParkedLogCursor.Tail, 0, 1, TimeSpan.Zero, CancellationToken.None).WaitAsync(ParkedService.Patience));
        var notWritten = await Assert.ThrowsAsync<ParkedLogException>(() => log.AppendAsync([ParkedService.Entry(1)], CancellationToken.None).WaitAsync(ParkedService.Patience));

        Assert.True(notRead.IsRefused && notWritten.IsRefused);
        Assert.Contains($"--operation Read --topic {topic}", notRead.Message, StringComparison.Ordinal);
        Assert.Contains("--operation Write", notWritten.Message, StringComparison.Ordinal);
        await broker.AllowAsync(ResourceType.Topic, topic, AclOperation.Write);
        await ParkedService.UntilAppendedAsync(log, ParkedService.Entry(1));
        await broker.AllowAsync(ResourceType.Topic, topic, AclOperation.Read);
        Assert.Single(await ParkedService.UntilAsync(() => ParkedService.ReadAsync(log, 0, 1)));
    }

    private ParkedService Service(string topic) => new(broker.Cluster.BootstrapServersOf("SASL"), topic, Ways.Plain(broker));
}
