namespace EventDriven.Simulation.Tests;

/// <summary>The simulation is itself tested: it finds each of these bugs, switched on one at a time.</summary>
public sealed class MutationTests
{
    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(static name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_deliberate_bug_is_found(string mutation)
    {
        var failure = Campaign.Run(first: 1, count: 100_000, Enum.Parse<Mutation>(mutation));

        Assert.NotNull(failure);
        TestContext.Current.SendDiagnosticMessage("{0}: seed {1}, {2}", mutation, failure.Seed, failure.Error.Message);
    }
}
