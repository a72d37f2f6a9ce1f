namespace EventDriven.Simulation.Tests;

/// <summary>The simulation is itself tested: it finds each of these bugs, switched on one at a time.</summary>
public sealed class MutationTests
{
    private const int Most = 100_000;

    public static TheoryData<string> Mutations => [.. Enum.GetValues<Mutation>().Except([Mutation.None]).Select(static mutation => mutation.ToString())];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_deliberate_bug_is_found(string name)
    {
        var mutation = Enum.Parse<Mutation>(name);

        var variant = mutation >= Mutation.OffsetsRunAhead
            ? new Variant(Transactions: true, Failures: mutation is >= Mutation.OpenMarkersAreRead and <= Mutation.MarkersCrossAClaim ? FailureMode.Parking : null)
            : new Variant(Failures: FailuresOf(mutation));
        var (_, failure) = Campaign.Run(first: 1, Most, mutation, variant);

        Assert.NotNull(failure);

        // By the oracle: that the simulator, or the engine, falls over it would be no proof.
        Assert.True(failure.Error is InvariantViolation, $"{name}, seed {failure.Seed}: {failure.Error}");
        TestContext.Current.SendDiagnosticMessage("{0}: seed {1}, {2}", name, failure.Seed, failure.Error.Message);
    }

    [Fact]
    public void There_are_at_least_thirty_of_them() => Assert.True(Mutations.Count >= 30);

    /// <summary>Where the bug can show.</summary>
    private static FailureMode FailuresOf(Mutation mutation) => mutation switch
    {
        Mutation.HandOverIsToldEarly or Mutation.HandOverIsGivenUp => FailureMode.Chain,
        >= Mutation.StepsAreForgotten => FailureMode.Parking,
        _ => FailureMode.Stop,
    };
}
