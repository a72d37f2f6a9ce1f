using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Up to where a parked log may be deleted.</summary>
public sealed class TrimScheduleTests
{
    [Fact]
    public void A_claim_may_be_trimmed_to_once_a_commit_sent_after_it_was_noted_is_accepted()
    {
        var trims = new TrimSchedule(-1);
        trims.OnStored(10, 3);

        Assert.Equal(-1, trims.Allowed);
        trims.OnCommitted(9);
        Assert.Equal(-1, trims.Allowed);
        trims.OnCommitted(10);
        Assert.Equal(3, trims.Allowed);
    }

    [Fact]
    public void A_commit_of_what_the_client_had_before_shows_nothing_since_nobody_knows_when_it_was_sent()
    {
        var trims = new TrimSchedule(highestStored: 10);
        trims.OnStored(10, 3);

        trims.OnCommitted(10);

        Assert.Equal(-1, trims.Allowed);
    }

    [Fact]
    public void What_became_known_after_a_position_was_stored_waits_for_the_next()
    {
        var trims = new TrimSchedule(-1);
        trims.OnStored(10, 3);
        trims.OnStored(11, 8);

        trims.OnCommitted(10);
        Assert.Equal(3, trims.Allowed);
        trims.OnCommitted(12);
        Assert.Equal(8, trims.Allowed);
    }

    [Fact]
    public void Without_that_rule_it_is_trimmed_at_once()
    {
        var trims = new TrimSchedule(-1, ParkingRules.All & ~ParkingRules.TrimToClaimInForce);

        trims.OnStored(10, 3);

        Assert.Equal(3, trims.Allowed);
    }
}
