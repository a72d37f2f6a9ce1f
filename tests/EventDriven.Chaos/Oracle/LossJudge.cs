namespace EventDriven.Chaos.Oracle;

/// <summary>I1: every event reached an outcome. And what producers were promised: what is acknowledged is in its topic, once and in order.</summary>
internal static class LossJudge
{
    public static void Judge(Evidence evidence, bool isSettled, Verdict verdict)
    {
        var service = evidence.Service.Name;
        var outcomes = new Dictionary<(TopicPlace Place, long Offset), Outcome>();
        foreach (var run in evidence.Runs)
        {
            if (!evidence.ByOffset.ContainsKey((run.Place, run.Offset)))
            {
                verdict.Add("I1", service, $"Handled what is not in the topic, or was aborted: {run}.");
            }
            else if (run.IsFinished)
            {
                outcomes[(run.Place, run.Offset)] = run.Outcome;
            }
        }

        foreach (var record in evidence.Records)
        {
            var handOvers = evidence.HandOvers[(record.Place, record.Offset)].ToList();
            var isDeadLetter = handOvers.Exists(static handOver => handOver.Kind == HandOverKind.DeadLetter);
            verdict.Retried += handOvers.Exists(static handOver => handOver.Kind == HandOverKind.Retry) ? 1 : 0;
            verdict.Parked += handOvers.Exists(static handOver => handOver.Kind == HandOverKind.Parked) ? 1 : 0;
            var outcome = outcomes.GetValueOrDefault((record.Place, record.Offset));
            // Where not everything was finished in time, what waits for another attempt is late (I6), not lost.
            if (outcome == Outcome.Unknown && !isDeadLetter && (isSettled || handOvers.Count == 0))
            {
                verdict.Add("I1", service, $"Lost: {record.Place}@{record.Offset} (key {record.Key ?? "none"}, number {record.Number}) was neither handled nor filtered nor put aside.");
            }

            if (isDeadLetter && record.IsReadable && record.Fails < evidence.Service.Attempts)
            {
                verdict.Add("I1", service, $"Put aside with attempts left: {record.Place}@{record.Offset} fails {record.Fails} time(s), the policy makes {evidence.Service.Attempts}.");
            }

            verdict.Events++;
            verdict.Handled += outcome == Outcome.Handled ? 1 : 0;
            verdict.Filtered += outcome == Outcome.Filtered ? 1 : 0;
            verdict.DeadLettered += isDeadLetter ? 1 : 0;
        }

        JudgeProducer(evidence, verdict);
    }

    private static void JudgeProducer(Evidence evidence, Verdict verdict)
    {
        var service = evidence.Service.Name;
        foreach (var receipt in evidence.Receipts)
        {
            if (evidence.ByOffset.GetValueOrDefault((receipt.Place, receipt.Offset)) is not { } record || record.Number != receipt.Number || record.Key != receipt.Key)
            {
                verdict.Add("P", service, $"Acknowledged, and not there: {receipt.Place}@{receipt.Offset} (key {receipt.Key ?? "none"}, number {receipt.Number}).");
            }
        }

        // Partitions that are added move keys, and end the order of Kafka itself: it is judged within each.
        foreach (var ofKey in evidence.Records.Where(static record => record is { IsReadable: true, Key: not null }).GroupBy(static record => (record.Place, record.Key)))
        {
            SourceRecord? before = null;
            foreach (var record in ofKey)
            {
                if (record.Number <= before?.Number)
                {
                    verdict.Add("P", service, $"Written twice or out of order: {record.Place}@{record.Offset} (key {record.Key}) is number {record.Number} behind {before.Number}.");
                }

                before = record;
            }
        }
    }
}
