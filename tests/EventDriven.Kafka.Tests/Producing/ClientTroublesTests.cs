using Confluent.Kafka;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class ClientTroublesTests
{
    [Fact]
    public void What_the_client_repeats_is_told_once_until_it_is_over()
    {
        var log = new LogLines();
        var troubles = new ClientTroubles("Kafka", log);
        for (var i = 0; i < 100; i++)
        {
            troubles.OnError(new Error(ErrorCode.Local_Transport, "refused"));
            troubles.OnError(new Error(ErrorCode.Local_AllBrokersDown, "all down"));
            troubles.OnLog(new LogMessage("client", SyslogLevel.Error, "FAIL", "refused"));
        }

        Assert.Equal((2, 1, 0), (log.Count(3010), log.Count(3012), log.Count(3011)));
        troubles.OnDelivered();
        troubles.OnDelivered();
        Assert.Equal(1, log.Count(3011));
        troubles.OnError(new Error(ErrorCode.Local_Transport, "refused"));
        Assert.Equal(3, log.Count(3010));
    }

    [Fact]
    public void What_was_only_said_in_the_clients_own_log_is_no_recovery()
    {
        var log = new LogLines();
        var troubles = new ClientTroubles("Kafka", log);
        troubles.OnLog(new LogMessage("client", SyslogLevel.Warning, "GETPID", "retrying"));
        troubles.OnLog(new LogMessage("client", SyslogLevel.Debug, "BROKER", "detail"));
        troubles.OnDelivered();

        Assert.Equal([3012, 3014], log.All.Select(static line => line.Id));
    }
}
