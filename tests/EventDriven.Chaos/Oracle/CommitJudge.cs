namespace EventDriven.Chaos.Oracle;

/// <summary>
/// I3 and I4: at each moment at which somebody looked, all below the committed offset was finished, or handed over. And a committed offset goes back only where an operator puts it,
/// or for a moment when its coordinator has failed.
/// </summary>
internal static class CommitJudge
{
    /// <summary>Records are stamped in milliseconds of another clock.</summary>
    private const long Slack = Monotonic.Second / 50;

    /// <summary>How long after an outage the commits that it held up may come.</summary>
    private const long Outage = 15 * Monotonic.Second;

    public static void Judge(Evidence evidence, History history, Verdict verdict)
    {
        var sources = Sources(evidence, history);
        var retries = evidence.Service.ReadsRetryTopics ? Retries(evidence) : [];
        foreach (var ofPlace in evidence.Positions.GroupBy(static position => position.Place))
        {
            var samples = ofPlace.ToList();
            JudgeTruth(evidence.Service, samples, ofPlace.Key.Topic == evidence.Service.Topic ? sources[ofPlace.Key] : retries.GetValueOrDefault(ofPlace.Key) ?? [], verdict);
            JudgeDirection(evidence.Service, samples, history, verdict);
            verdict.PositionsChecked += samples.Count;
        }
    }

    /// <summary>When each record of the source was finished, in the order of the offsets.</summary>
    private static ILookup<TopicPlace, Finished> Sources(Evidence evidence, History history)
    {
        var done = evidence.Runs.Where(static run => run.IsFinished).GroupBy(static run => (run.Place, run.Offset))
            .ToDictionary(static ofEvent => ofEvent.Key, static ofEvent => ofEvent.Min(static run => run.End));
        return evidence.Records.ToLookup(static record => record.Place, record =>
        {
            var handedOver = evidence.HandOvers[(record.Place, record.Offset)].Select(static handOver => handOver.At).DefaultIfEmpty(long.MaxValue).Min();
            var finished = done.GetValueOrDefault((record.Place, record.Offset), long.MaxValue);
            var isUnknown = evidence.Service.Parks && history.HandOversWithGaps.Any(gap => gap.Partition == record.Place.Partition && gap.Topic.StartsWith($"{evidence.Service.Name}--", StringComparison.Ordinal));
            return new Finished(record.Offset, isUnknown ? 0 : Math.Min(handedOver, finished), handedOver < finished || finished == long.MaxValue && !record.IsReadable);
        });
    }

    /// <summary>When each record of a retry topic was: when its event was, or went on to the next topic, after it was written.</summary>
    private static Dictionary<TopicPlace, IEnumerable<Finished>> Retries(Evidence evidence)
    {
        var done = evidence.Runs.Where(static run => run.IsFinished).ToLookup(static run => (run.Place, run.Offset), static run => run.End);
        return evidence.HandOvers.SelectMany(static ofEvent => ofEvent).Where(static handOver => handOver.Kind == HandOverKind.Retry).GroupBy(static handOver => handOver.Place)
            .ToDictionary(static ofPlace => ofPlace.Key, ofPlace => (IEnumerable<Finished>)[.. ofPlace.OrderBy(static handOver => handOver.Offset).Select(handOver =>
            {
                var finished = done[(handOver.Source, handOver.SourceOffset)].Where(end => end >= handOver.At - Slack);
                var wentOn = evidence.HandOvers[(handOver.Source, handOver.SourceOffset)].Where(other => other.At >= handOver.At && other != handOver).Select(static other => other.At);
                return new Finished(handOver.Offset, finished.Concat(wentOn).DefaultIfEmpty(long.MaxValue).Min(), false);
            })]);
    }

    private static void JudgeTruth(JudgedService service, List<PositionSample> samples, IEnumerable<Finished> records, Verdict verdict)
    {
        var inOrder = records.ToList();
        var told = new HashSet<long>();
        foreach (var sample in samples)
        {
            // Few positions are wrong, if any: the highest time of each prefix would not say which record it is.
            foreach (var record in inOrder.TakeWhile(record => record.Offset < sample.Committed).Where(record => record.At > sample.At + Slack))
            {
                if (told.Add(record.Offset))
                {
                    verdict.Add(
                        record.ByHandOver ? "I4" : "I3",
                        service.Name,
                        $"{sample.Place} was committed up to {sample.Committed} at {Monotonic.Seconds(sample.At):F3}, when {record.Offset} was not {(record.ByHandOver ? "handed over" : "finished")}"
                        + (record.At == long.MaxValue ? " (it never was)." : $" (it was at {Monotonic.Seconds(record.At):F3})."));
                }
            }
        }
    }

    private static void JudgeDirection(JudgedService service, List<PositionSample> samples, History history, Verdict verdict)
    {
        PositionSample? highest = null;
        foreach (var sample in samples)
        {
            var isReset = history.Resets.Any(reset =>
                reset.Service == service.Name && reset.Place == sample.Place && reset.At <= sample.At && (highest is null || reset.Done >= highest.Asked));
            if (highest is null || isReset || sample.Committed >= highest.Committed)
            {
                highest = sample;
            }
            else if (history.Faults.Any(fault => fault.Reach == FaultReach.Broker && fault.Begin <= sample.At && fault.End >= sample.At - Outage))
            {
                // A coordinator that was frozen answers with what it knew, and a client whose coordinator failed may repeat an earlier commit behind a later one.
                verdict.LateCommits++;
            }
            else
            {
                verdict.Add("I3", service.Name, $"The committed offset of {sample.Place} went back from {highest.Committed} to {sample.Committed} at {Monotonic.Seconds(sample.At):F3}.");
                highest = sample;
            }
        }
    }

    private readonly record struct Finished(long Offset, long At, bool ByHandOver);
}
