namespace EventDriven.Simulation;

/// <summary>Finds the few steps of a schedule that are enough for its failure.</summary>
internal static class Shrinker
{
    /// <summary>Leaves out one part of the steps after the other, in ever smaller parts, as long as the same invariant is violated.</summary>
    /// <returns>The failure by the steps that are left, with its trace; the same failure with its trace where it does not come again.</returns>
    public static Failure Shrink(Failure failure, Mutation mutation, Variant variant)
    {
        var states = new StepStates();
        if (Simulation.Run(failure.Seed, mutation, variant: variant, record: states) is not { } again)
        {
            return failure;
        }

        var kept = new StepSet(Enumerable.Range(0, Math.Max(0, states.Count - 1)));
        for (var size = Math.Max(1, kept.Count / 2); ; size = Math.Max(1, size / 2))
        {
            var hasShrunk = false;

            // From the end: what comes last is needed least.
            for (var end = kept.Count; end > 0; end -= size)
            {
                var candidate = kept.Without([.. kept.Steps.Skip(Math.Max(0, end - size)).Take(Math.Min(size, end))]);
                if (IsSame(again, Simulation.Run(failure.Seed, mutation, variant: variant, only: candidate)))
                {
                    kept = candidate;
                    hasShrunk = true;
                }
            }

            if (size == 1 && !hasShrunk)
            {
                break;
            }
        }

        return Simulation.Run(failure.Seed, mutation, trace: true, variant, kept) ?? failure;
    }

    private static bool IsSame(Failure one, Failure? other) =>
        other is not null && other.Error.GetType() == one.Error.GetType() && (one.Error as InvariantViolation)?.Invariant == (other.Error as InvariantViolation)?.Invariant;
}
