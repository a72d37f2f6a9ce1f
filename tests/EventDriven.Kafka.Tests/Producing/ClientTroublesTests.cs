using Confluent.Kafka;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Time.Testing;

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
    public void What_keeps_events_from_being_delivered_is_known_until_one_is_or_until_it_is_not_repeated()
    {
        var time = new FakeTimeProvider();
        var troubles = new ClientTroubles("Kafka", new LogLines(), time);

        // One broker of several keeps nothing from being delivered.
        troubles.OnError(new Error(ErrorCode.Local_Transport, "refused"));
        Assert.Null(troubles.Current);

        // That all are away is said once, and lasts as long as there are errors.
        troubles.OnError(new Error(ErrorCode.Local_AllBrokersDown, "all down"));
        time.Advance(TimeSpan.FromSeconds(10));
        troubles.OnError(new Error(ErrorCode.Local_Transport, "refused"));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("Local_AllBrokersDown, all down", troubles.Current?.Text);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(troubles.Current);

        troubles.OnNotAuthorized("orders", new Error(ErrorCode.TopicAuthorizationFailed, "not allowed"));
        Assert.Equal("TopicAuthorizationFailed, topic 'orders': not allowed", troubles.Current?.Text);
        troubles.OnDelivered();
        Assert.Null(troubles.Current);
    }

    [Fact]
    public void An_event_that_timed_out_while_the_client_was_not_let_in_failed_because_of_that()
    {
        var troubles = new ClientTroubles("Kafka", new LogLines(), new FakeTimeProvider());
        var timedOut = new Error(ErrorCode.Local_MsgTimedOut, "Message timed out");
        Assert.Same(timedOut, troubles.CauseOf(timedOut));

        troubles.OnError(new Error(ErrorCode.Local_Authentication, "wrong password"));

        Assert.Equal(ErrorCode.Local_Authentication, troubles.CauseOf(timedOut).Code);
        Assert.Equal("Message timed out; wrong password", troubles.CauseOf(timedOut).Reason);
        var other = new Error(ErrorCode.MsgSizeTooLarge, "too large");
        Assert.Same(other, troubles.CauseOf(other));
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
