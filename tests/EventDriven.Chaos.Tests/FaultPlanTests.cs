using EventDriven.Chaos.Faults;

namespace EventDriven.Chaos.Tests;

public sealed class FaultPlanTests
{
    [Fact]
    public void A_seed_makes_the_same_plan_each_time_and_another_seed_another()
    {
        Assert.Equal(new FaultPlan(7).Workers.Take(50), new FaultPlan(7).Workers.Take(50));
        Assert.NotEqual(new FaultPlan(7).Workers.Take(50), new FaultPlan(8).Workers.Take(50));
    }

    [Fact]
    public void Every_kind_of_fault_comes_before_a_track_begins_anew()
    {
        var plan = new FaultPlan(3);

        var dealt = plan.Workers.Take(9).Concat(plan.Brokers.Take(3)).Concat(plan.Load.Take(4)).Select(static fault => fault.Kind).Distinct();

        Assert.Equal(Enum.GetValues<FaultKind>(), dealt.Order());
    }
}
