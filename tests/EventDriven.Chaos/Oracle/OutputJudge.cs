namespace EventDriven.Chaos.Oracle;

/// <summary>
/// X: what a service writes in transactions holds each event once that was handled, none that was put aside, and the events of a key in their order. An operator who puts the group back has
/// the events from there on written again.
/// </summary>
internal static class OutputJudge
{
    public static void Judge(Evidence evidence, History history, Verdict verdict)
    {
        var service = evidence.Service;
        if (!service.WritesOutput)
        {
            return;
        }

        var resets = history.Resets.Where(reset => reset.Service == service.Name).ToList();
        var outputs = history.Outputs.Where(output => output.Source.Topic == service.Topic).ToLookup(static output => (output.Source, output.SourceOffset));
        var handled = evidence.Runs.Where(static run => run.Outcome == Outcome.Handled).Select(static run => (run.Place, run.Offset)).ToHashSet();
        foreach (var output in outputs.Where(output => !evidence.ByOffset.ContainsKey(output.Key)))
        {
            verdict.Add("X", service.Name, $"In the output, and not in the topic, or aborted there: {output.Key.Source}@{output.Key.SourceOffset}.");
        }

        foreach (var record in evidence.Records)
        {
            var at = (record.Place, record.Offset);
            var count = outputs[at].Count();
            verdict.Outputs += count;
            var most = 1 + resets.Count(reset => reset.Place == record.Place && reset.Offset <= record.Offset);
            if (count == 0 && handled.Contains(at) && !IsPutAside(evidence, record))
            {
                verdict.Add("X", service.Name, $"Handled, and not in the output: {record.Place}@{record.Offset} (key {record.Key ?? "none"}).");
            }
            else if (count > most)
            {
                verdict.Add("X", service.Name, $"In the output {count} times: {record.Place}@{record.Offset} (key {record.Key ?? "none"}).");
            }
            else if (count > 0 && IsPutAside(evidence, record) && most == 1)
            {
                verdict.Add("X", service.Name, $"In the output and put aside: {record.Place}@{record.Offset} (key {record.Key ?? "none"}).");
            }
        }

        JudgeOrder(evidence, history, resets, verdict);
    }

    private static bool IsPutAside(Evidence evidence, SourceRecord record) => evidence.HandOvers[(record.Place, record.Offset)].Any(static handOver => handOver.Kind == HandOverKind.DeadLetter);

    /// <summary>Within each partition of the output; behind a reset the events of the partition come again.</summary>
    private static void JudgeOrder(Evidence evidence, History history, List<OffsetReset> resets, Verdict verdict)
    {
        var last = new Dictionary<(TopicPlace Output, TopicPlace Source, string Key), long>();
        foreach (var output in history.Outputs.Where(output => output.Source.Topic == evidence.Service.Topic).OrderBy(static output => output.Offset))
        {
            if (evidence.ByOffset.GetValueOrDefault((output.Source, output.SourceOffset))?.Key is not { } key || resets.Exists(reset => reset.Place == output.Source))
            {
                continue;
            }

            if (last.TryGetValue((output.Place, output.Source, key), out var before) && output.SourceOffset < before)
            {
                verdict.Add("X", evidence.Service.Name, $"In the output behind a later one of its key: {output.Source}@{output.SourceOffset} behind {before} (key {key}).");
            }

            last[(output.Place, output.Source, key)] = output.SourceOffset;
        }
    }
}
