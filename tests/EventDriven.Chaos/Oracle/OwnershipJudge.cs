namespace EventDriven.Chaos.Oracle;

/// <summary>
/// I3, as far as handlers go: nobody starts what it does not own. A member that was frozen, or cut off from its group, can't know at once: its attempts behind the next owner's
/// beginning are those of a zombie, are excused for a short time, and count for no order.
/// </summary>
internal static class OwnershipJudge
{
    /// <summary>How long after a thaw, or the end of an outage, a member may not know yet what it has lost.</summary>
    private const long Ignorance = 15 * Monotonic.Second;

    /// <summary>How long before the next owner's beginning a fault may lie that led to it.</summary>
    private const long Cause = 60 * Monotonic.Second;

    /// <returns>The attempts of zombies.</returns>
    public static HashSet<Run> Judge(Evidence evidence, History history, Verdict verdict)
    {
        var zombies = new HashSet<Run>();
        if (evidence.Service.ReadsRetryTopics)
        {
            // Its handlers see where an event was read first, not whose partition of a retry topic it came from: only what is repeated can be told (IsOfZombie).
            return zombies;
        }

        if (evidence.Service.Parks)
        {
            JudgeTokens(evidence, verdict);
        }

        var highest = new Dictionary<TopicPlace, Run>();
        foreach (var run in evidence.Runs)
        {
            var next = Successor(evidence, run);
            if (run.Token is { } token)
            {
                var last = highest.GetValueOrDefault(run.Place);
                if (last is null || token >= last.Token)
                {
                    highest[run.Place] = run;
                }
                else
                {
                    // Whatever this one writes to can refuse it by its token: it counts for no order.
                    zombies.Add(run);
                }
            }
            else if (next is not null)
            {
                zombies.Add(run);
            }

            if (run.Ownership is null)
            {
                JudgeStray(evidence, run, history, verdict);
            }
            else if (next is not null && !IsExcused(run, next, history))
            {
                verdict.Add("I3", evidence.Service.Name, $"Started by one that had lost the partition to {next.Member} at {Monotonic.Seconds(next.Begin):F3}, and no fault explains it: {run}.");
            }
        }

        verdict.ZombieRuns += zombies.Count;
        return zombies;
    }

    /// <summary>Whether an attempt repeats what another member had finished that was given the partition later, and a fault explains that its own did not know.</summary>
    public static bool IsOfZombie(Run run, Run before, History history) =>
        run.Ownership is { } own && before.Ownership is { } next && next.Member != own.Member && next.Begin > own.Begin && IsExcused(run, next, history);

    /// <summary>The ownership of another member that had begun when an attempt started, and later than its own, or than the last one that it had.</summary>
    private static Ownership? Successor(Evidence evidence, Run run) =>
        (run.Ownership ?? Last(evidence, run)) is { } own
            ? evidence.Ownerships[run.Place].FirstOrDefault(other => other.Member != run.Member && other.Begin > own.Begin && other.Begin < run.Start)
            : null;

    private static Ownership? Last(Evidence evidence, Run run) =>
        evidence.Ownerships[run.Place].LastOrDefault(ownership => ownership.Member == run.Member && ownership.End <= run.Start);

    private static bool IsExcused(Run run, Ownership next, History history) => history.Faults.Any(fault =>
        (fault.Reach == FaultReach.Broker || (fault.Reach == FaultReach.Freeze && fault.Target == run.Member))
        && fault.Begin <= run.Start
        && fault.End >= next.Begin - Cause
        && run.Start <= Math.Max(fault.End, next.Begin) + Ignorance);

    /// <summary>An attempt without an ownership: its member had given the partition up or lost it.</summary>
    private static void JudgeStray(Evidence evidence, Run run, History history, Verdict verdict)
    {
        var last = Last(evidence, run);
        var isExcused = last is { How: not OwnershipEnd.Revoked } && run.Start - last.End <= Evidence.Grace;
        if (!isExcused)
        {
            verdict.Add("I3", evidence.Service.Name, $"Started by one that does not own the partition{(last is null ? "" : $", which it gave up at {Monotonic.Seconds(last.End):F3}")}: {run}.");
        }
    }

    /// <summary>A token belongs to one owner, and those of an owner never fall.</summary>
    private static void JudgeTokens(Evidence evidence, Verdict verdict)
    {
        var owners = new Dictionary<(TopicPlace Place, long Token), Run>();
        var last = new Dictionary<(TopicPlace Place, string Member, Ownership? Ownership), long>();
        foreach (var run in evidence.Runs)
        {
            if (run.Token is not { } token)
            {
                verdict.Add("I3", evidence.Service.Name, $"Has no fencing token: {run}.");
                continue;
            }

            if (owners.TryAdd((run.Place, token), run) is false && owners[(run.Place, token)].Member != run.Member)
            {
                verdict.Add("I3", evidence.Service.Name, $"Has the fencing token {token} of {owners[(run.Place, token)].Member}: {run}.");
            }

            if (last.TryGetValue((run.Place, run.Member, run.Ownership), out var before) && token < before)
            {
                verdict.Add("I3", evidence.Service.Name, $"Has a fencing token below that of an earlier attempt, {token} behind {before}: {run}.");
            }

            last[(run.Place, run.Member, run.Ownership)] = token;
        }
    }
}
