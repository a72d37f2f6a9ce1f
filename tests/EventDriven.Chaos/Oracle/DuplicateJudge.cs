namespace EventDriven.Chaos.Oracle;

/// <summary>
/// I5: an event runs again only where the ownership in which it was finished did not end cleanly, or stood behind an event that was not finished, or an operator put the group back;
/// and no more of them than was finished since the last commit, plus the replay bound.
/// </summary>
internal static class DuplicateJudge
{
    /// <summary>The commit interval, the client's own, and the time between two looks at the committed offset.</summary>
    private const long CommitDelay = 3 * Monotonic.Second;

    /// <summary>How long an outage may keep a commit from being made.</summary>
    private const long Disturbance = 20 * Monotonic.Second;

    public static void Judge(Evidence evidence, History history, IReadOnlySet<Run> zombies, Verdict verdict)
    {
        var service = evidence.Service;
        var resets = history.Resets.Where(reset => reset.Service == service.Name).ToList();
        var positions = evidence.Positions.ToLookup(static position => position.Place);
        var finished = new Dictionary<(TopicPlace Place, long Offset), Run>();
        var repeated = new Dictionary<Ownership, int>();
        foreach (var run in evidence.Runs.Where(static run => run.IsFinished).OrderBy(static run => run.End))
        {
            if (finished.TryGetValue((run.Place, run.Offset), out var other))
            {
                // A handler that a freeze has stopped ends late, but it did not start late: what its successor did meanwhile is the repetition.
                var (before, again) = run.Start < other.Start ? (run, other) : (other, run);
                verdict.Duplicates++;
                verdict.DuplicatesByService[service.Name] = verdict.DuplicatesByService.GetValueOrDefault(service.Name) + 1;
                if (service.WritesOutput || zombies.Contains(again) || zombies.Contains(before) || IsReset(resets, before, again))
                {
                }
                else if (service.ReadsRetryTopics && OwnershipJudge.IsOfZombie(again, before, history))
                {
                    verdict.ZombieRuns++;
                }
                else if (service.ReadsRetryTopics && evidence.HandOvers[(run.Place, run.Offset)].Any())
                {
                    JudgeRetried(evidence, history, before, again, verdict);
                }
                else if (again.Ownership is { WentBack: true } back && IsDisturbed(history, back.Begin))
                {
                    // A broker that was frozen, and still takes itself for the leader, has misled the client.
                    verdict.WentBack++;
                }
                else if (Explain(evidence, history, positions[run.Place], before, again) is { } problem)
                {
                    verdict.Add("I5", service.Name, $"{problem}: {again}, was finished at {Monotonic.Seconds(before.End):F3} in {before.Member}.");
                }
                else if (IsUnmarked(evidence, again, before))
                {
                    verdict.Unmarked++;
                }
                else if (before.Ownership is { } own)
                {
                    repeated[own] = repeated.GetValueOrDefault(own) + 1;
                }
            }

            finished[(run.Place, run.Offset)] = run;
        }

        foreach (var ownership in evidence.Ownerships.SelectMany(static ofPlace => ofPlace).Where(ownership => !EndedCleanly(evidence, history, ownership)))
        {
            var bound = Bound(evidence, history, positions[ownership.Place], ownership);
            verdict.DuplicateBound += bound;
            if (repeated.GetValueOrDefault(ownership) is var count && count > bound)
            {
                verdict.Add("I5", service.Name, $"{count} events ran again behind {ownership}, the bound is {bound}.");
            }
        }
    }

    private static bool IsReset(List<OffsetReset> resets, Run before, Run run) =>
        resets.Exists(reset => reset.Place == run.Place && reset.Offset <= run.Offset && reset.At >= before.Start && reset.At <= run.Start);

    /// <summary>
    /// Whether an event ran from the parked log, and its owner's end came before the marker that it was done. Markers of one key go one after the other, so that the events of a
    /// key with a backlog may be finished long before: they are not bounded by what was committed.
    /// </summary>
    private static bool IsUnmarked(Evidence evidence, Run run, Run before) =>
        evidence.Service.Parks
        && before.Ownership is { } own
        && evidence.HandOvers[(run.Place, run.Offset)].ToList() is var handOvers
        && handOvers.Exists(static handOver => handOver.Kind == HandOverKind.Parked)
        && !handOvers.Exists(handOver => handOver.Kind == HandOverKind.Done && handOver.At >= before.Start && handOver.At <= Until(evidence, own));

    /// <summary>When an ownership ended, as far as others know.</summary>
    private static long Until(Evidence evidence, Ownership ownership) =>
        evidence.Ownerships[ownership.Place].Where(other => other.Member != ownership.Member && other.Begin > ownership.Begin)
            .Select(static other => other.Begin).Append(ownership.End).Min();

    private static string? Explain(Evidence evidence, History history, IEnumerable<PositionSample> positions, Run before, Run run)
    {
        if (before.Ownership is not { } own)
        {
            return null;
        }

        if (own == run.Ownership)
        {
            return "Handled twice in one assignment";
        }

        // A parked event is behind the committed offset from the moment at which it is parked.
        var wasParked = evidence.HandOvers[(run.Place, run.Offset)].Any(static handOver => handOver.Kind == HandOverKind.Parked);
        if (!wasParked && positions.LastOrDefault(position => position.At < run.Ownership?.Begin) is { } known && known.Committed > run.Offset
            && !IsDisturbed(history, run.Ownership!.Begin)
            && !history.Resets.Any(reset => reset.Service == run.Service && reset.Place == run.Place && reset.At <= run.Start && reset.At >= known.At - CommitDelay))
        {
            return $"Handled again below the committed offset, {known.Committed}";
        }

        return EndedCleanly(evidence, history, own) && !StoodBehind(evidence, own, run.Offset) ? "Handled again after a clean hand-over" : null;
    }

    /// <summary>Events that went by retry topics may have been read there by anybody: only a fault between the two explains it.</summary>
    private static void JudgeRetried(Evidence evidence, History history, Run before, Run run, Verdict verdict)
    {
        var isExplained = evidence.Ownerships.SelectMany(static ofPlace => ofPlace)
            .Any(ownership => ownership.End >= before.Start - CommitDelay && ownership.End <= run.End && !EndedCleanly(evidence, history, ownership))
            || history.Faults.Any(fault => fault.Reach != FaultReach.None && fault.Begin <= run.End && fault.End >= before.Start - Disturbance)
            || history.Resets.Any(reset => reset.Service == run.Service && reset.At <= run.End);
        if (!isExplained)
        {
            verdict.Add("I5", run.Service, $"Handled again, and no fault explains it: {run}, was finished at {Monotonic.Seconds(before.End):F3} in {before.Member}.");
        }
    }

    private static bool EndedCleanly(Evidence evidence, History history, Ownership ownership) =>
        ownership.How == OwnershipEnd.Revoked
        && !evidence.Ownerships[ownership.Place].Any(other => other.Member != ownership.Member && other.Begin > ownership.Begin && other.Begin < ownership.End)
        && !IsDisturbed(history, ownership.End)
        && !IsDisturbed(history, ownership.End + CommitDelay) // The answer to its last commit may be lost too.
        && !history.Faults.Any(fault =>
            fault.Reach is FaultReach.Freeze or FaultReach.Death && fault.Target == ownership.Member && fault.Begin <= ownership.End && fault.End >= ownership.End - Disturbance);

    private static bool IsDisturbed(History history, long at) =>
        history.Faults.Any(fault => fault.Reach == FaultReach.Broker && fault.Begin <= at && fault.End >= at - Disturbance);

    /// <summary>Whether an event with a lower offset was left unfinished in an ownership: nothing behind it could be committed.</summary>
    private static bool StoodBehind(Evidence evidence, Ownership ownership, long offset)
    {
        var left = new HashSet<long>();
        foreach (var run in evidence.Runs.Where(run => run.Ownership == ownership && run.Offset < offset))
        {
            if (run.IsFinished)
            {
                left.Remove(run.Offset);
            }
            else if (!evidence.HandOvers[(run.Place, run.Offset)].Any(handOver => handOver.At >= run.Start && handOver.At <= ownership.End))
            {
                left.Add(run.Offset);
            }
        }

        // What can't be decoded has no attempt, only its hand-over.
        return left.Count > 0
            || evidence.Unreadable[ownership.Place].Any(record =>
                record.Offset < offset && !evidence.HandOvers[(record.Place, record.Offset)].Any(handOver => handOver.At <= ownership.End));
    }

    /// <summary>What was finished since the last commit that somebody saw being made, plus the replay bound.</summary>
    private static int Bound(Evidence evidence, History history, IEnumerable<PositionSample> positions, Ownership ownership)
    {
        // What is committed once another has it, a zombie has not committed.
        var until = Until(evidence, ownership);
        var (since, lookedBefore) = (ownership.Begin, ownership.Begin);
        long committed = -1;
        foreach (var position in positions.TakeWhile(position => position.At <= until))
        {
            if (position.Committed > committed)
            {
                // It was made at some time since the look before, and looks are far apart where the machine is busy.
                (committed, since) = (position.Committed, Math.Max(ownership.Begin, lookedBefore));
            }

            lookedBefore = position.At;
        }

        // In an outage a commit is made of what was finished when it was asked for, long before.
        var delay = IsDisturbed(history, since) ? Disturbance : CommitDelay;
        return evidence.Service.MaxReplay
            + evidence.Runs.Count(run => run.Ownership == ownership && run.IsFinished && run.End >= since - delay);
    }
}
