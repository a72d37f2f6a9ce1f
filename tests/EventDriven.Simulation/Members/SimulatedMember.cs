using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Simulation.Members;

/// <summary>A process with one consumer: client after client, until it stops or dies. It does what the host does around the engine's loop.</summary>
internal sealed class SimulatedMember
{
    /// <summary>How long what is left of its transactions may take at the end of a client.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly ConsumerSettings _settings;
    private readonly LingeringAssignments _lingering = new();
    private readonly HashSet<int> _pausedPartitions = [];
    private readonly int[] _running;
    private readonly TimeProvider _clock;
    private readonly ParkingSettings? _parking;
    private readonly ConsumerOutputs? _outputs;
    private readonly List<SimulatedTransactionThread> _threads = [];
    private TimeSpan _stopBudget;
    private long _stopAt;
    private int _clients;
    private bool _staysAfterStop;

    public SimulatedMember(World world, string name)
    {
        _world = world;
        Name = name;
        Workers = new SimulatedWorkers(world, this);
        Drain = new SimulatedDrain(world, this);
        _running = new int[world.Broker.Logs.Length * (world.Schedule.Keys + 1)];
        _clock = world.Time.ClockOf(this);
        var policy = world.Schedule.Failing?.Policy ?? FailurePolicy.Stop;
        var topics = new FailureTopics("group");
        var retries = policy.Delays.Count == 0 ? null : new RetryTopics(topics, "group", policy.KeepsKeyOrder ? [] : policy.Delays, []);
        _outputs = world.Schedule.Transactions is null ? null : MemberTransactions.OutputsOf(world, name, _clock);
        Chain = new FailureChain(
            policy, new SimulatedHandOverLog(world, this), topics, name, "group", NullLogger.Instance, _clock, transactions: MemberTransactions.HandOverOf(world, _outputs, name, _clock), random: () => 0.5);
        _settings = new ConsumerSettings
        {
            Topics = topics,
            RetryTopics = retries,
            Name = name,
            Cluster = "Kafka",
            Options = world.Schedule.Options,
            CreateClientConfig = () => throw new NotSupportedException(),
        };
        if (world.Schedule.Failing is { Mode: FailureMode.Parking } failing)
        {
            _parking = new ParkingSettings { Logs = new ParkedLogClients(world, this), Rules = ParkingRules.All & ~LeftOut(world.Mutation), ClaimAnewAfter = failing.ClaimAnewAfter };
        }

        StartClient();
    }

    public string Name { get; }

    public SimulatedWorkers Workers { get; }

    public SimulatedDrain Drain { get; }

    /// <summary>Takes the steps of the policy behind the attempts in place.</summary>
    public FailureChain Chain { get; }

    public SimulatedSource Source { get; private set; } = null!;

    public ConsumerLoop Loop { get; private set; } = null!;

    /// <summary>The transactions of its client; null where it has none.</summary>
    public MemberTransactions? Transactions { get; private set; }

    /// <summary>When a thread of its transactions has something to do.</summary>
    public long NextTransactionDue
    {
        get
        {
            var next = long.MaxValue;
            foreach (var thread in _threads)
            {
                next = Math.Min(next, thread.NextDue);
            }

            return next;
        }
    }

    public bool IsInStep { get; private set; }

    /// <summary>Whether the process is gone.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether the process stands still.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>How wrong its wall clock is.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>When it last went on.</summary>
    public long ThawedAt { get; private set; }

    /// <summary>Whether a stop was asked for.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether the loop has begun to stop.</summary>
    public bool HasBegunToStop { get; private set; }

    public bool StopWasInTime { get; private set; }

    public bool IsPausedByUser { get; private set; }

    /// <summary>When the user last let something go on.</summary>
    public long ResumedAt { get; private set; }

    /// <summary>Why the engine wants nothing of a partition now.</summary>
    public PauseReasons PausesOf(PartitionId id) => Loop.GetSnapshots().FirstOrDefault(snapshot => snapshot.Id == id)?.Pauses ?? PauseReasons.None;

    /// <summary>Whether the user wants nothing of a partition to be started.</summary>
    public bool IsPaused(int partition) => IsPausedByUser || _pausedPartitions.Contains(partition);

    /// <summary>How many handlers of this process work on a lane now, whatever client or assignment they come from.</summary>
    public ref int RunningIn(int partition, int lane) => ref _running[(partition * (_world.Schedule.Keys + 1)) + lane];

    public void Step()
    {
        if (IsInStep || IsGone || IsFrozen)
        {
            return;
        }

        IsInStep = true;
        Loop.Step();
        if (Loop.End is { Reason: not ConsumerEndReason.FatalError } && !IsStopping)
        {
            RequestStop(_world.Schedule.Options.DrainTimeout, stays: true);
        }

        if (Loop.End is { Reason: ConsumerEndReason.FatalError } || (IsStopping && Loop.IsStopComplete))
        {
            EndClient();
        }

        IsInStep = false;
    }

    public void RequestStop(TimeSpan budget, bool stays)
    {
        if (IsStopping || IsGone)
        {
            return;
        }

        _world.Trace?.Add($"{Source} is to stop within {budget.TotalMilliseconds} ms{(Loop.End is { } end ? $": {end.Reason}" : "")}");
        IsStopping = true;
        _staysAfterStop = stays;
        _stopAt = _world.Time.Now;
        _stopBudget = budget;
        var source = Source;

        // Runs in the turn in which the loop begins to stop.
        Loop.Post(_ =>
        {
            HasBegunToStop = true;
            foreach (var partition in source.Assigned)
            {
                _world.Oracle.BeginDrain(partition.Epoch, _world.Schedule.Options.DrainBufferedOnStop);
            }
        });
        Loop.RequestStop(budget);
    }

    public void SetPaused(bool paused) => Loop.Post(loop =>
    {
        _world.Trace?.Add($"{Source} is {(paused ? "paused" : "resumed")} by the user");
        IsPausedByUser = paused;
        ResumedAt = _world.Time.Now;
        if (!paused || _world.Mutation != Mutation.PauseIsNotPassedOn)
        {
            loop.SetPaused(paused);
        }

        if (!paused && _world.Mutation == Mutation.ResumeForgetsOtherReasons)
        {
            foreach (var partition in Source.Assigned)
            {
                Source.Resume(partition.Log.Id);
            }
        }
    });

    public void SetPaused(int partition, bool paused) => Loop.Post(loop =>
    {
        if (paused ? _pausedPartitions.Add(partition) : _pausedPartitions.Remove(partition))
        {
            _world.Trace?.Add($"the user {(paused ? "pauses" : "resumes")} {partition} of {Source}");
            ResumedAt = _world.Time.Now;
            loop.SetPaused(_world.Broker.Logs[partition].Id, paused);
        }
    });

    public void Retry()
    {
        var source = Source;
        Loop.Post(loop =>
        {
            Workers.OnRetry();
            foreach (var partition in source.Assigned)
            {
                partition.Epoch.Retry();
            }

            loop.Retry();
        });
    }

    public void Seek(int partition, long offset)
    {
        var source = Source;
        Loop.Post(loop =>
        {
            var id = _world.Broker.Logs[partition].Id;
            if (!loop.CanSeek(id))
            {
                return;
            }

            _world.Trace?.Add($"the user wants {source} to read {partition} from {offset} on");
            source.OnUserSeek(partition, offset);
            var done = new TaskCompletionSource();
            _world.Seeks.Add((source, done.Task));
            _ = _world.Oracle.WatchSeekAsync(source, id, offset, done.Task);
            if (_world.Mutation == Mutation.SeekHasNoEpoch)
            {
                source.TrySeek(id, offset);
                done.SetResult();
            }
            else if (_world.Mutation != Mutation.SeekIsNotPassedOn)
            {
                loop.Seek(id, offset, done);
            }
        });
    }

    public void Freeze()
    {
        _world.Trace?.Add($"{Name} freezes");
        IsFrozen = true;
    }

    public void Thaw()
    {
        if (IsFrozen)
        {
            _world.Trace?.Add($"{Name} goes on");
            IsFrozen = false;
            ThawedAt = _world.Time.Now;
        }
    }

    public void Crash()
    {
        _world.Trace?.Add($"{Name} crashes");
        IsGone = true;
        Source.Die();
        KillThreads();
        _world.Forget(Source);
        Loop.Dispose();
        _world.Seeks.RemoveAll(seek => seek.Source == Source);
        ExpireLater(Source);
    }

    /// <summary>The rule of the protocol that is switched off.</summary>
    private static ParkingRules LeftOut(Mutation mutation) => mutation switch
    {
        Mutation.ClaimsNameNoPredecessor => ParkingRules.ClaimsNameTheirPredecessor,
        Mutation.NoCommitBeforeClaim => ParkingRules.CommitBeforeClaim,
        Mutation.TrimGoesTooFar => ParkingRules.TrimToClaimInForce,
        Mutation.TrimmedReaderGoesOn => ParkingRules.StartAgainWhereTrimmed,
        Mutation.NumbersCountTwice => ParkingRules.NumbersCountOnce,
        Mutation.AppendsOverlap => ParkingRules.OneAppendInFlight,
        Mutation.SourceCopyIsNotAwaited => ParkingRules.WaitForSourceCopy,
        Mutation.BoundHoldsTheReplay => ParkingRules.BoundLetsReplayThrough,
        Mutation.TailIsNotRead => ParkingRules.KeepReadingTheTail,
        Mutation.StepIsNotAwaited => ParkingRules.StepBeforeAttempt,
        Mutation.KeyIsFreedBeforeItsMarker => ParkingRules.KeepKeyUntilDone,
        Mutation.LowerOffsetCountsAsDone => ParkingRules.OnlyItselfIsParked,
        Mutation.StartsBeforeTheIndex => ParkingRules.StartBehindIndex,
        Mutation.ParkedRunsAheadOfThePosition => ParkingRules.WaitUntilPassed,
        Mutation.MarkersCrossAClaim => ParkingRules.NoMarkerAcrossClaims,
        _ => ParkingRules.None,
    };

    private void EndClient()
    {
        StopWasInTime = IsStopping && Loop.IsStopComplete && _world.Time.Now - _stopAt < _stopBudget.TotalMilliseconds;
        Loop.FinishStop(LongestEnd);
        Transactions?.Engine.Stop();
        if (!_world.IsQuiet && _world.Random.Chance(_world.Schedule.CommitFaults / 3))
        {
            // The broker is frozen: the close is abandoned.
            Source.Die();
            ExpireLater(Source);
        }
        else
        {
            Source.Close();
        }

        if (Transactions is { Thread: { HasEnded: false } thread })
        {
            // Else it is abandoned, and goes on beside the next client.
            Drain.Wait(() => thread.HasEnded, LongestEnd);
        }

        Loop.Dispose();
        _world.Forget(Source);
        if (IsStopping && !_staysAfterStop)
        {
            KillThreads();
            _world.Trace?.Add($"{Name} has ended");
            IsGone = true;
            return;
        }

        StartClient();
    }

    private void StartClient()
    {
        IsStopping = HasBegunToStop = StopWasInTime = false;
        Source = new SimulatedSource(_world, this, ++_clients);
        Loop = new ConsumerLoop(_settings, Source, Workers, Drain, _lingering, _clock, NullLogger.Instance, telemetry: null, _parking);
        if (_outputs is not null)
        {
            Transactions = new MemberTransactions(_world, this, _outputs, _clock);
            _threads.RemoveAll(static thread => thread.HasEnded);
            _threads.Add(Transactions.Thread);
            _world.Threads.Add(Transactions.Thread);
            Loop.Use(Transactions.Engine);
            Transactions.Engine.Start();
        }

        if (IsPausedByUser)
        {
            Loop.Post(loop => loop.SetPaused(true));
        }

        foreach (var partition in _pausedPartitions)
        {
            Loop.Post(loop => loop.SetPaused(_world.Broker.Logs[partition].Id, true));
        }

        Loop.Start();
    }

    /// <summary>Lets the threads of its transactions go on that have something to do.</summary>
    public void RunTransactions()
    {
        for (var i = 0; i < _threads.Count; i++)
        {
            _threads[i].Run();
        }
    }

    private void KillThreads()
    {
        foreach (var thread in _threads)
        {
            thread.Kill();
        }

        _threads.Clear();
    }

    private void ExpireLater(SimulatedSource source) =>
        _world.Later(null, _world.Random.Between(0, 300), () => _world.Broker.Remove(source));
}
