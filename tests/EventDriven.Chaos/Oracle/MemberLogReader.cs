using System.Globalization;
using System.Text.RegularExpressions;

namespace EventDriven.Chaos.Oracle;

/// <summary>Reads the logs of the members: attempts, and times of ownership.</summary>
internal sealed partial class MemberLogReader
{
    private readonly List<Run> _runs = [];
    private readonly List<Ownership> _ownerships = [];

    private MemberLogReader()
    {
    }

    /// <summary>Reads all logs.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="deaths">When members were killed: nothing of theirs lasts longer.</param>
    /// <returns>The attempts in the order of their starts, and the ownerships in that of their beginnings.</returns>
    public static (List<Run> Runs, List<Ownership> Ownerships) Read(IEnumerable<MemberLog> logs, IReadOnlyDictionary<string, long> deaths)
    {
        var reader = new MemberLogReader();
        foreach (var log in logs)
        {
            reader.Read(log, deaths.TryGetValue(log.Member, out var death) ? death : null);
        }

        // Both are stable: what a member logged at one time stays in its order.
        return ([.. reader._runs.OrderBy(static run => run.Start)], [.. reader._ownerships.OrderBy(static ownership => ownership.Begin)]);
    }

    private void Read(MemberLog log, long? death)
    {
        var open = new Dictionary<(string Service, TopicPlace Place, long Offset, int Attempt), Run>();
        var owned = new Dictionary<(string Service, TopicPlace Place), Ownership>();
        foreach (var line in log.Lines)
        {
            var parts = line.Split('\t');
            var at = Number(parts[0]);
            switch (parts[1])
            {
                case "start":
                    var started = Start(log.Member, at, parts, owned);
                    open[(started.Service, started.Place, started.Offset, started.Attempt)] = started;
                    _runs.Add(started);
                    break;

                case "handled" or "filtered" or "failed" or "cancelled":
                    if (open.Remove((parts[2], new TopicPlace(parts[3], (int)Number(parts[4])), Number(parts[5]), (int)Number(parts[8])), out var ended))
                    {
                        ended.End = at;
                        ended.Outcome = Enum.Parse<Outcome>(parts[1], ignoreCase: true);
                    }

                    break;

                case "assigned":
                    Take(log.Member, parts[2], Place(parts[3]), at, owned);
                    break;

                case "revoked" or "overdue" or "lost":
                    if (owned.Remove((parts[2], Place(parts[3])), out var given))
                    {
                        given.End = at;
                        given.How = Enum.Parse<OwnershipEnd>(parts[1], ignoreCase: true);
                    }

                    break;

                case "back" or "again":
                    Take(log.Member, parts[2], Place(parts[3]), at, owned, wentBack: parts[1] == "back");
                    break;

                case "abandoned":
                    foreach (var last in _ownerships.Where(ownership => ownership.Member == log.Member && ownership.Service == parts[2]).GroupBy(static ownership => ownership.Place).Select(static ofPlace => ofPlace.Last()))
                    {
                        last.How = OwnershipEnd.Abandoned;
                    }

                    break;

                case "ended":
                    foreach (var key in owned.Keys.Where(key => key.Service == parts[2]).ToList())
                    {
                        Close(owned[key], at);
                        owned.Remove(key);
                    }

                    break;
            }
        }

        foreach (var left in owned.Values.Where(_ => death is not null))
        {
            left.End = death!.Value;
        }
    }

    private static Run Start(string member, long at, string[] parts, Dictionary<(string Service, TopicPlace Place), Ownership> owned)
    {
        var place = new TopicPlace(parts[3], (int)Number(parts[4]));
        return new Run
        {
            Member = member,
            Start = at,
            Service = parts[2],
            Place = place,
            Offset = Number(parts[5]),
            Key = parts[6] == "-" ? null : parts[6],
            Number = Number(parts[7]),
            Attempt = (int)Number(parts[8]),
            Token = parts[9] == "-" ? null : Number(parts[9]),
            Latency = Number(parts[10]),
            Ownership = owned.GetValueOrDefault((parts[2], place)),
        };
    }

    private static void Close(Ownership ownership, long at)
    {
        ownership.End = at;
        ownership.How = OwnershipEnd.Ended;
    }

    private void Take(string member, string service, TopicPlace place, long at, Dictionary<(string Service, TopicPlace Place), Ownership> owned, bool wentBack = false)
    {
        if (owned.TryGetValue((service, place), out var before))
        {
            Close(before, at);
        }

        var taken = new Ownership { Member = member, Service = service, Place = place, Begin = at, WentBack = wentBack };
        owned[(service, place)] = taken;
        _ownerships.Add(taken);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static TopicPlace Place(string text) =>
        PlacePattern().Match(text) is { Success: true } match
            ? new TopicPlace(match.Groups[1].Value, (int)Number(match.Groups[2].Value))
            : throw new FormatException($"'{text}' is no partition.");

    [GeneratedRegex(@"^(.*)\[(\d+)\]$")]
    private static partial Regex PlacePattern();
}
