namespace EventDriven.Simulation;

/// <summary>Deliberate bugs around the engine, one of which can be switched on to see whether the oracle finds it.</summary>
internal enum Mutation
{
    None = 0,

    /// <summary>The client goes on delivering what it is to pause.</summary>
    PauseIsIgnored,

    /// <summary>The client forgets to fetch again what a pause made it drop.</summary>
    ResumeSkipsWhatThePauseDropped,

    /// <summary>The client reports the end of a partition although a pause made it drop records below.</summary>
    EndIsReportedAboveDroppedRecords,

    /// <summary>The client loses a record.</summary>
    RecordIsLost,

    /// <summary>The client commits what was delivered instead of what was stored.</summary>
    DeliveredIsCommitted,

    /// <summary>The client commits a partition once more after it was handed over.</summary>
    RevokedIsCommitted,

    /// <summary>The client does not tell of a revocation until somebody else has the partition.</summary>
    RevocationComesTooLate,

    /// <summary>What the client was given and never begins is not begun anew.</summary>
    StrandedIsLeft,

    /// <summary>The client ends a seek where it was before.</summary>
    SeekIsIgnored,

    /// <summary>A user's seek comes to nothing, and nobody is told.</summary>
    SeekIsNotPassedOn,

    /// <summary>A user's pause comes to nothing.</summary>
    PauseIsNotPassedOn,

    /// <summary>A committed position is looked up as if there were none.</summary>
    LookUpForgetsTheCommitted,

    /// <summary>A commit that the broker refused is taken for done.</summary>
    RefusedCommitCounts,

    /// <summary>The ready queue loses a lane.</summary>
    LaneIsLost,

    /// <summary>A worker tells twice that a record has ended.</summary>
    EndIsToldTwice,

    /// <summary>A worker tells of success before the handler has ended.</summary>
    SuccessIsToldEarly,

    /// <summary>A worker tells of success where the handler gave up.</summary>
    FailureIsToldAsSuccess,

    /// <summary>A drain is told to be over at once.</summary>
    DrainEndsAtOnce,

    /// <summary>A drain never ends before its time.</summary>
    DrainNeverEnds,

    /// <summary>A drain ends what runs, and leaves out what is buffered below what is finished.</summary>
    DrainLeavesGaps,

    /// <summary>A position is stored that lies one above what is finished.</summary>
    CommitGoesOneTooFar,

    /// <summary>What is handled in an assignment that has ended completes the same record in the next one.</summary>
    EpochIsForgotten,

    /// <summary>Where the user lets partitions go on, they do whatever else they were paused for.</summary>
    ResumeForgetsOtherReasons,

    /// <summary>Where an assignment begins is not stored before something was finished in it.</summary>
    StartIsNotStored,

    /// <summary>The records of one key come into two lanes.</summary>
    TwoLanesForOneKey,

    /// <summary>The client seeks, and what was taken in before goes on as if it had not.</summary>
    SeekHasNoEpoch,

    /// <summary>Where an event of a batch fails, the worker tells of success of those after it.</summary>
    NeighboursAreToldAsHandled,

    /// <summary>Where an event of a batch fails before the handler, what comes behind it in its lane is handled all the same.</summary>
    BatchRunsOnBehindAFailure,

    /// <summary>The events of a batch are handled in another order.</summary>
    BatchIsReversed,

    /// <summary>A member of the classic protocol leaves in the middle of a rebalance, where its last commits are refused.</summary>
    LeavesBeforeItsLastCommits,

    /// <summary>A worker tells that a failed event was handed over before any broker has acknowledged that.</summary>
    HandOverIsToldEarly,

    /// <summary>A worker tells that a failed event was handed over where a drain has ended the tries.</summary>
    HandOverIsGivenUp,

    /// <summary>A batch waits longer than it may for more events.</summary>
    TimersAreLate,

    /// <summary>A parked event starts at the first step again after a restart.</summary>
    StepsAreForgotten,

    /// <summary>A parked event is due at once after a restart.</summary>
    DueTimesAreForgotten,

    /// <summary>What an owner parked that had lost its partition counts.</summary>
    ZombiesAreBelieved,

    /// <summary>An event is taken for parked because a later one of its key is.</summary>
    LowerOffsetCountsAsDone,

    /// <summary>A claim counts whatever it names: <see cref="Kafka.Parking.ParkingRules.ClaimsNameTheirPredecessor"/> is left out, as are the others below.</summary>
    ClaimsNameNoPredecessor,

    /// <summary>Nothing proves, after the log was read and before it is claimed, that the partition is still owned.</summary>
    NoCommitBeforeClaim,

    /// <summary>The log is trimmed further than to a claim in force as of an accepted commit.</summary>
    TrimGoesTooFar,

    /// <summary>A reader whose position was trimmed goes on.</summary>
    TrimmedReaderGoesOn,

    /// <summary>An entry that has landed twice counts twice.</summary>
    NumbersCountTwice,

    /// <summary>The next append does not wait for the one before.</summary>
    AppendsOverlap,

    /// <summary>A parked event does not wait until its source record was met or passed.</summary>
    SourceCopyIsNotAwaited,

    /// <summary>At its bound a partition lets nothing through.</summary>
    BoundHoldsTheReplay,

    /// <summary>The owner does not read the tail.</summary>
    TailIsNotRead,

    /// <summary>The next attempt does not wait for its step to be acknowledged.</summary>
    StepIsNotAwaited,

    /// <summary>A key counts as free before the done marker of its last event is acknowledged.</summary>
    KeyIsFreedBeforeItsMarker,

    /// <summary>Events of a partition start before it is known what of it is parked.</summary>
    StartsBeforeTheIndex,

    /// <summary>Positions go into a transaction that lie one above the events whose output it holds.</summary>
    OffsetsRunAhead,

    /// <summary>Positions that are sent to a transaction count at once, whatever becomes of it.</summary>
    OffsetsAreNotInTheTransaction,

    /// <summary>Who begins with a partition is told a position while another is in a transaction that is not over.</summary>
    UnstableOffsetsAreTold,

    /// <summary>Nobody is told of an abort, so nothing is handled again.</summary>
    AbortIsNotTold,

    /// <summary>What was aborted is visible all the same.</summary>
    AbortedOutputIsVisible,

    /// <summary>What was aborted goes into the next transaction once more.</summary>
    AbortedOutputIsSentAgain,

    /// <summary>What an attempt has produced that did not succeed is kept for the next one at the event.</summary>
    FailedAttemptIsKept,

    /// <summary>A client goes on whose place another has taken, or whose transaction brokers have aborted.</summary>
    FencedGoesOn,

    /// <summary>Positions are taken from a member that is no longer what it says.</summary>
    GenerationIsNotChecked,

    /// <summary>A commit to which no answer came is taken for done.</summary>
    UnknownIsTakenForCommitted,

    /// <summary>Readers of a parked log are shown markers whose transaction is not over, or was aborted.</summary>
    OpenMarkersAreRead,

    /// <summary>Done markers of parked events are written beside the transaction of what those have produced.</summary>
    MarkersAreInNoTransaction,

    /// <summary>In transactions, a parked event does not wait until the position has passed it.</summary>
    ParkedRunsAheadOfThePosition,

    /// <summary>A done marker goes into a transaction while the log is claimed anew.</summary>
    MarkersCrossAClaim,

    /// <summary>A client that has begun below the committed position is followed there.</summary>
    MisledIsFollowed,

    /// <summary>A revocation does not wait for the transaction of what it takes away.</summary>
    TransactionIsNotEndedFirst,

    /// <summary>A client goes on with another transaction although positions of the one before may arrive yet.</summary>
    LatePositionsAreForgotten,
}
