using EventDriven.Chaos.Soak;

namespace EventDriven.Chaos.Tests;

public sealed class SoakJudgeTests
{
    [Fact]
    public void A_leak_under_a_saw_tooth_is_a_slope_beyond_its_limit()
    {
        var slope = SoakJudge.Fit("memory", "MB", Enumerable.Range(0, 200).Select(static i => ((double)i, 100 + (i * 0.1) + (i % 10))), limit: 0.1);

        Assert.InRange(slope.Change, 0.15, 0.25);
        Assert.False(slope.IsWithin);
    }

    [Fact]
    public void A_saw_tooth_alone_is_none() =>
        Assert.True(SoakJudge.Fit("memory", "MB", Enumerable.Range(0, 200).Select(static i => ((double)i, 100.0 + (i % 10))), limit: 0.1).IsWithin);

    [Fact]
    public void A_throughput_that_falls_is_worse_and_one_that_rises_is_not()
    {
        Assert.False(SoakJudge.Fit("throughput", "", Enumerable.Range(0, 100).Select(static i => ((double)i, 1_000.0 - i)), limit: 0.05, isMoreWorse: false).IsWithin);
        Assert.True(SoakJudge.Fit("throughput", "", Enumerable.Range(0, 100).Select(static i => ((double)i, 1_000.0 + i)), limit: 0.05, isMoreWorse: false).IsWithin);
    }

    [Fact]
    public void Too_few_values_make_no_slope() =>
        Assert.Throws<InvalidOperationException>(static () => SoakJudge.Fit("memory", "MB", [(0, 1), (1, 2)], limit: 0.1));
}
