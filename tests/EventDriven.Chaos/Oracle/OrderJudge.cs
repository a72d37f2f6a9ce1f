namespace EventDriven.Chaos.Oracle;

/// <summary>
/// I2. Within an ownership the events of a lane start in the order of their offsets, each when the one before has ended. Over all: what is started next is never further on than the
/// event behind the last one started, and the last started is the last there is. So whatever runs again is followed by all that came behind it: a suffix.
/// </summary>
internal static class OrderJudge
{
    public static void Judge(Evidence evidence, IReadOnlySet<Run> zombies, bool isSettled, Verdict verdict)
    {
        var service = evidence.Service;
        if (service is { InKeyOrder: false, InPartitionOrder: false } or { WritesOutput: true })
        {
            return;
        }

        var places = Places(evidence, out var lengths);
        var runs = evidence.Runs.Where(run => places.ContainsKey((run.Place, run.Offset)) && LaneOf(service, run.Key) is not null);
        foreach (var lane in runs.GroupBy(run => (run.Place, Lane: LaneOf(service, run.Key)!)))
        {
            JudgeMembers(service, lane, places, verdict);
            JudgeLane(service, lane.Where(run => !zombies.Contains(run)), places, isSettled ? lengths[lane.Key] : null, verdict);
        }
    }

    /// <summary>The place of each event among those of its lane. What can't be decoded never starts and has none.</summary>
    private static Dictionary<(TopicPlace Place, long Offset), int> Places(Evidence evidence, out Dictionary<(TopicPlace Place, string Lane), int> lengths)
    {
        var places = new Dictionary<(TopicPlace Place, long Offset), int>();
        lengths = [];
        foreach (var record in evidence.Records.Where(static record => record.IsReadable))
        {
            if (LaneOf(evidence.Service, record.Key) is { } lane)
            {
                var place = lengths.GetValueOrDefault((record.Place, lane));
                places[(record.Place, record.Offset)] = place;
                lengths[(record.Place, lane)] = place + 1;
            }
        }

        return places;
    }

    // Events without a key have no order among each other.
    private static string? LaneOf(JudgedService service, string? key) => service.InPartitionOrder ? "" : key;

    private static void JudgeMembers(JudgedService service, IEnumerable<Run> lane, Dictionary<(TopicPlace Place, long Offset), int> places, Verdict verdict)
    {
        foreach (var ofMember in lane.GroupBy(static run => run.Member))
        {
            Run? before = null;
            foreach (var run in ofMember)
            {
                if (before is not null && run.Start < before.End)
                {
                    verdict.Add("I2", service.Name, $"Started before the one before it had ended: {run}, behind {before}.");
                }
                else if (before is not null && run.Ownership == before.Ownership && places[(run.Place, run.Offset)] < places[(before.Place, before.Offset)])
                {
                    verdict.Add("I2", service.Name, $"Out of order within an assignment: {run}, behind {before}.");
                }

                before = run;
            }
        }
    }

    private static void JudgeLane(
        JudgedService service, IEnumerable<Run> lane, Dictionary<(TopicPlace Place, long Offset), int> places, int? length, Verdict verdict)
    {
        var last = -1;
        Run? before = null;
        foreach (var run in lane)
        {
            var place = places[(run.Place, run.Offset)];
            if (place > last + 1)
            {
                verdict.Add("I2", service.Name, $"Started with {place - last - 1} event(s) of its order not handled again, or not at all, before it: {run}, behind {before?.ToString() ?? "nothing"}.");
            }

            (last, before) = (place, run);
        }

        if (length is not null && last != length - 1)
        {
            verdict.Add("I2", service.Name, $"The last one started is not the last of its order, {length - 1 - last} event(s) are behind it: {before?.ToString() ?? "none"}.");
        }
    }
}
