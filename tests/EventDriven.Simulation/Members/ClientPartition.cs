using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>What a client knows of a partition that is assigned to it.</summary>
internal sealed class ClientPartition(SimulatedLog log, Epoch epoch, int number)
{
    private readonly Queue<(LogEntry? Entry, long End)> _fetched = new();

    /// <summary>The number of its log at the broker.</summary>
    public int Partition => Log.Index;

    public SimulatedLog Log { get; } = log;

    /// <summary>Which of the client's assignments it came with: what was looked up before is of no concern to it.</summary>
    public int Number { get; } = number;

    /// <summary>The oracle's epoch: from an assignment, or a seek, to the next.</summary>
    public Epoch Epoch { get; set; } = epoch;

    /// <summary>The offset after the last record delivered: where fetching goes on after a pause.</summary>
    public long Delivered { get; private set; }

    /// <summary>The offset after the last record fetched.</summary>
    public long Fetched { get; private set; }

    /// <summary>The leader epoch up to which the client knows the log.</summary>
    public int LogEpoch { get; private set; } = log.LeaderEpoch;

    public bool IsPaused { get; private set; }

    /// <summary>Whether the client does not know yet where to start, since positions are in a transaction that is not over.</summary>
    public bool AwaitsStart { get; set; }

    /// <summary>Whether the client has given it up without a word, before it knew where to start.</summary>
    public bool IsStranded { get; private set; }

    /// <summary>Whether the client takes the group for one that has committed nothing.</summary>
    public bool IsMisled { get; private set; }

    /// <summary>Whether the engine has told it the committed position, since it began below.</summary>
    public bool WasToldWhereToBegin { get; set; }

    /// <summary>Whether the engine has had it begun anew.</summary>
    public bool IsToBeginAnew { get; set; }

    /// <summary>Whether the client has asked where the log begins, and fetches nothing before the answer.</summary>
    public bool IsAsking { get; set; }

    /// <summary>Whether the client is to ask again, since what it was told meanwhile made an answer outdated.</summary>
    public bool AsksAgain { get; set; }

    /// <summary>Grows with each pause, resume and seek.</summary>
    public int Version { get; private set; }

    /// <summary>Whether the group had a committed position when the client began: there, or where the log has gone back to, the engine goes on too.</summary>
    public bool HasCommittedStart { get; private set; }

    /// <summary>Where the engine is to read again what it has dropped since it wants nothing yet; null where it need not.</summary>
    public long? PutBack { get; set; }

    /// <summary>Whether what the engine has dropped is to come again, and has not yet.</summary>
    public bool IsToComeAgain { get; set; }

    /// <summary>Whether anything of it was delivered.</summary>
    public bool HasArrived { get; set; }

    /// <summary>Whether a seek is possible already: not in the first moments of an assignment.</summary>
    public bool IsSeekable { get; set; }

    /// <summary>Whether the client is telling of its loss.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whether commits may be lower than before: the user or the log went back in this assignment.</summary>
    public bool MayGoBack { get; set; }

    public Position? Stored { get; private set; }

    /// <summary>The leader epoch by which the next owner of what is stored finds out that the log has gone back since.</summary>
    public int StoredEpoch { get; private set; }

    public Position? Committed { get; set; }

    public long? KnownStart { get; private set; }

    public long? KnownEnd { get; private set; }

    private long _end = -1;
    private bool _isCommitted;
    private bool _isBegunElsewhere;

    public bool HasFetched => _fetched.Count > 0;

    /// <summary>Whether the timer commits what is stored: not what is lower than before, unless the log itself went back.</summary>
    public bool HasProgress
    {
        get
        {
            if (Stored is not { } stored)
            {
                return false;
            }

            if (Committed is not { } committed)
            {
                return true;
            }

            return stored.LeaderEpoch < 0 || committed.LeaderEpoch < 0 || stored.LeaderEpoch == committed.LeaderEpoch
                ? stored.Offset > committed.Offset
                : stored.LeaderEpoch > committed.LeaderEpoch;
        }
    }

    /// <summary>The engine begins it again by itself, or where the user wants: whatever the client, or a look-up, says about its beginning is over.</summary>
    public void ForgetItsBeginning()
    {
        _isBegunElsewhere = true;
        _isCommitted = HasCommittedStart = false;
        PutBack = null;
    }

    /// <summary>The engine has the client begin at the committed position, and goes on from there with it.</summary>
    public void TellWhereToBegin()
    {
        _isBegunElsewhere = HasArrived = false;
        PutBack = null;
        WasToldWhereToBegin = true;
    }

    public void Store(Position position)
    {
        Stored = position;
        StoredEpoch = EpochOf(position);
    }

    /// <summary>A look-up was answered from the log as it is now.</summary>
    public void KnowLog() => LogEpoch = Log.LeaderEpoch;

    public int EpochOf(Position position) => position.LeaderEpoch < 0 ? LogEpoch : position.LeaderEpoch;

    public void GoTo(long offset)
    {
        _fetched.Clear();
        _end = -1;
        Delivered = Fetched = offset;
    }

    public void Pause(Mutation mutation)
    {
        if (mutation == Mutation.PauseIsIgnored)
        {
            return;
        }

        Version++;
        IsPaused = true;
        if (mutation == Mutation.EndIsReportedAboveDroppedRecords && _fetched.Count > 1)
        {
            _fetched.Clear();
            _fetched.Enqueue((null, Fetched));
            return;
        }

        GoTo(mutation == Mutation.ResumeSkipsWhatThePauseDropped ? Fetched : Delivered);
    }

    public void Resume()
    {
        Version++;
        IsPaused = false;
    }

    /// <summary>A seek stops a question that is to be asked again, but not one that is on its way.</summary>
    public void Seek(long offset)
    {
        Version++;
        IsAsking = AsksAgain = false;
        GoTo(offset);
    }

    /// <summary>The client goes to the beginning of the log from wherever it is; what it has fetched is still delivered.</summary>
    public void GoToBeginning()
    {
        IsAsking = false;
        _end = -1;
        Fetched = Log.Start;
        if (!HasFetched)
        {
            Delivered = Fetched;
        }
    }

    public void Fetch(SimulationRandom random)
    {
        if (LogEpoch < Log.LeaderEpoch)
        {
            NoticeTruncation(random);
        }

        if (Fetched < Log.Start || Fetched > Log.End)
        {
            // Out of range: the client is configured with "earliest". What was fetched before is still delivered.
            MayGoBack |= Fetched > Log.End;
            Fetched = Log.Start;
        }

        KnownStart = Log.Start;
        KnownEnd = Log.End;
        for (var left = random.Between(1, 8); left > 0; left--)
        {
            if (Log.Find(Fetched) is not { } entry)
            {
                Fetched = Log.End;
                if (_end != Log.End)
                {
                    _end = Log.End;
                    _fetched.Enqueue((null, Log.End));
                }

                return;
            }

            _fetched.Enqueue((entry, 0));
            Fetched = entry.Offset + 1;
        }
    }

    public (LogEntry? Entry, long End) Next()
    {
        var next = _fetched.Dequeue();
        Delivered = next.Entry is { } entry ? entry.Offset + 1 : next.End;
        return next;
    }

    /// <summary>The client leaves it. The engine learns by itself whether the group has a committed position, and goes by that also where the client begins later.</summary>
    public void Strand(Commit? committed)
    {
        IsStranded = true;
        HasCommittedStart = committed is not null;
    }

    /// <summary>The client begins at the beginning of the log. The engine learns by itself what the group has committed.</summary>
    public void Mislead()
    {
        IsMisled = true;
        HasCommittedStart = _isCommitted;
        GoTo(Log.Start);
        LogEpoch = Log.LeaderEpoch;
    }

    /// <summary>The engine learns whether the group has committed a position, and goes by that where the client was misled, or left it.</summary>
    public void LookUp(bool isCommitted)
    {
        if (_isBegunElsewhere)
        {
            return;
        }

        _isCommitted = isCommitted;

        // A transaction of before may have committed one since the client has begun.
        HasCommittedStart = isCommitted || (HasCommittedStart && !IsMisled && !IsStranded);
    }

    /// <summary>Where the client starts after a look at the committed position: it finds out that the log went back below.</summary>
    public void StartAt(Commit? committed, SimulationRandom random)
    {
        HasCommittedStart = IsStranded ? HasCommittedStart : committed is not null && !_isBegunElsewhere;
        IsStranded = false;
        Committed = committed is null ? null : new Position(committed.Offset, committed.LeaderEpoch);
        GoTo(committed?.Offset ?? Log.Start);
        LogEpoch = Log.LeaderEpoch;
        if (committed is not null && Log.Diverges(committed.Offset, committed.LogEpoch) is var divergence && divergence < committed.Offset)
        {
            MayGoBack = true;
            GoTo(random.Chance(50) ? Math.Max(Log.Start, divergence) : Log.Start);
        }
    }

    /// <summary>The client compares leader epochs, and goes back to where the log leaves what it has read, or to its start.</summary>
    private void NoticeTruncation(SimulationRandom random)
    {
        var divergence = Log.Diverges(Fetched, LogEpoch);
        LogEpoch = Log.LeaderEpoch;
        if (divergence < Fetched)
        {
            MayGoBack = true;
            GoTo(random.Chance(50) ? Log.Start : Math.Min(divergence, Delivered));
        }
    }
}
