namespace EventDriven.Chaos.Oracle;

/// <summary>
/// Decides by the end of a run whether what was promised held. It knows nothing of the engine: it reads logs, topics and committed positions, and has its own idea of what may be.
/// </summary>
internal static class ChaosOracle
{
    public static Verdict Judge(History history)
    {
        var verdict = new Verdict();
        var deaths = history.Faults.Where(static fault => fault.Reach == FaultReach.Death).GroupBy(static fault => fault.Target)
            .ToDictionary(static ofMember => ofMember.Key, static ofMember => ofMember.Min(static fault => fault.Begin));
        var (runs, ownerships) = MemberLogReader.Read(history.Members, deaths);
        verdict.Runs = runs.Count;
        verdict.Ownerships = ownerships.Count;
        verdict.Abandoned = ownerships.Count(static ownership => ownership.How == OwnershipEnd.Abandoned);
        var evidence = history.Services.Select(service => Evidence.Of(service, history, runs, ownerships)).ToList();
        foreach (var ofService in evidence)
        {
            LossJudge.Judge(ofService, history.Unsettled.Count == 0, verdict);
            var zombies = OwnershipJudge.Judge(ofService, history, verdict);
            OrderJudge.Judge(ofService, zombies, history.Unsettled.Count == 0, verdict);
            CommitJudge.Judge(ofService, history, verdict);
            DuplicateJudge.Judge(ofService, history, zombies, verdict);
            OutputJudge.Judge(ofService, history, verdict);
        }

        foreach (var unsettled in history.Unsettled)
        {
            verdict.Add("I6", unsettled.Split(':')[0], unsettled);
        }

        return verdict;
    }
}
