namespace EventDriven.Simulation.Tests;

public sealed class SimulationTests
{
    /// <summary>Schedules that showed a bug once: of the engine, or of the simulation itself.</summary>
    public static TheoryData<ulong> SeedsThatFailedOnce => [515, 6_816, 11_432, 12_985, 30_681, 34_037, 41_663, 45_707, 64_239, 66_614, 87_653, 88_049, 97_781, 161_064, 179_645, 259_902, 293_008, 308_934, 430_642, 442_013, 476_110, 1_041_263];

    [Fact]
    public void Every_invariant_holds_in_ten_thousand_schedules()
    {
        var failure = Campaign.Run(first: 1, count: 10_000, variant: new Variant(Failures: FailureMode.Stop));

        Assert.True(failure is null, Describe(failure));
    }

    [Fact]
    public void Every_invariant_holds_in_ten_thousand_schedules_of_batches()
    {
        var failure = Campaign.Run(first: 1, count: 10_000, variant: new Variant(Batches: true, Failures: FailureMode.Stop));

        Assert.True(failure is null, Describe(failure));
    }

    [Fact]
    public void Every_invariant_holds_in_five_thousand_schedules_of_retry_topics_and_dead_letters()
    {
        var failure = Campaign.Run(first: 1, count: 5_000, variant: new Variant(Failures: FailureMode.Chain));

        Assert.True(failure is null, Describe(failure));
    }

    [Fact]
    public void Every_invariant_holds_in_two_thousand_five_hundred_schedules_of_parked_events()
    {
        var failure = Campaign.Run(first: 1, count: 2_500, variant: new Variant(Failures: FailureMode.Parking));

        Assert.True(failure is null, Describe(failure));
    }

    [Theory]
    [MemberData(nameof(SeedsThatFailedOnce))]
    public void A_schedule_that_failed_once_passes(ulong seed)
    {
        // Each had its bug before there were batches of any kind, and before failed events were handed over.
        var failure = Simulation.Run(seed, trace: true, variant: new Variant(Batches: false, Failures: FailureMode.Stop, TakesMany: false));

        Assert.True(failure is null, Describe(failure));
    }

    [Fact]
    public void The_same_seed_replays_exactly()
    {
        // A bug that is found late in its schedule, so that there is something to compare.
        var failure = Campaign.Run(first: 1, count: 100_000, Mutation.RecordIsLost);
        Assert.NotNull(failure);

        var again = Simulation.Run(failure.Seed, Mutation.RecordIsLost, trace: true);

        Assert.Equal(failure.Error.Message, again!.Error.Message);
        Assert.Equal(failure.Trace, again.Trace);
        Assert.NotEmpty(failure.Trace);
    }

    /// <summary>Schedules of parked events that showed a bug of the engine: a parked event held back behind the replay bound; a payload that kept its partition paused; a position committed again without its leader epoch.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(33)]
    [InlineData(3_849)]
    public void A_schedule_of_parked_events_that_failed_once_passes(ulong seed)
    {
        var failure = Simulation.Run(seed, trace: true, variant: new Variant(Batches: false, Failures: FailureMode.Parking));

        Assert.True(failure is null, Describe(failure));
    }

    private static string Describe(Failure? failure) =>
        failure is null ? "" : $"Seed {failure.Seed}: {failure.Schedule}\n{failure.Error}\n{string.Join('\n', failure.Trace)}";
}
