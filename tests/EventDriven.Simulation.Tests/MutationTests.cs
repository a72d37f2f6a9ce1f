namespace EventDriven.Simulation.Tests;

/// <summary>The simulation is itself tested: it finds each of these bugs, switched on one at a time.</summary>
public sealed class MutationTests
{
    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(static name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_deliberate_bug_is_found(string name)
    {
        var mutation = Enum.Parse<Mutation>(name);

        var failure = Campaign.Run(first: 1, count: 100_000, mutation, new Variant(Failures: FailuresOf(mutation)));

        Assert.NotNull(failure);
        TestContext.Current.SendDiagnosticMessage("{0}: seed {1}, {2}", name, failure.Seed, failure.Error.Message);
    }

    /// <summary>Where the bug can show.</summary>
    private static FailureMode FailuresOf(Mutation mutation) => mutation switch
    {
        Mutation.HandOverIsToldEarly or Mutation.HandOverIsGivenUp => FailureMode.Chain,
        >= Mutation.StepsAreForgotten => FailureMode.Parking,
        _ => FailureMode.Stop,
    };
}
