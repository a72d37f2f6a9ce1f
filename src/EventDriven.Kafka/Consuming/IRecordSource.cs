using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// The only part of the engine that knows the Kafka client: one client instance, from its subscription to its close. Called by the poll thread alone,
/// but for what says that it runs on threads of its own, and <see cref="Close"/>.
/// </summary>
internal interface IRecordSource : IDisposable
{
    /// <summary>
    /// Whether a commit that meets a rebalance of the group is refused, also that of <see cref="Close"/>: in the classic protocol it comes to the coordinator behind this
    /// member's request to join, whose answer begins another generation. The client commits by itself once the rebalance is over.
    /// </summary>
    bool RefusesCommitsInRebalance { get; }

    /// <summary>
    /// Whether the group knows this member and has not taken it in yet: in the classic protocol a client that owns nothing and is closed then does not tell the group, which
    /// waits for it at every rebalance until its session times out. It is taken in once the others have joined too, which <see cref="Poll"/> reports as an assignment.
    /// </summary>
    bool IsJoining { get; }

    /// <summary>Subscribes to these topics in place of those before; to none leaves the group. Partitions of topics that stay are not disturbed.</summary>
    void Subscribe(IReadOnlyCollection<string> topics);

    /// <summary>All topics of the cluster, each with its number of partitions, without creating any. Runs on a thread of its own.</summary>
    /// <exception cref="RecordSourceException">The broker did not answer.</exception>
    Task<IReadOnlyDictionary<string, int>> ListTopicsAsync();

    /// <summary>
    /// Hands records and events to the listener, on the calling thread, until none is left, the maximum is reached, the listener has no room for another, or,
    /// where there is none at first, the time is up. A source that takes many at a time from the client hands over all that it has taken, also where the listener
    /// has no room: a pause then does not drop any of them, and a resume does not bring them again.
    /// </summary>
    void Poll(IRecordListener listener, int maxRecords, TimeSpan timeout);

    /// <summary>Lets the time pass without taking anything from the client, neither records nor events.</summary>
    void Idle(TimeSpan time);

    /// <summary>Has a partition not fetched, until it is resumed or its assignment ends.</summary>
    void Pause(PartitionId partition);

    void Resume(PartitionId partition);

    /// <summary>Whether single partitions can be begun anew: where an assignment only changes as a whole, another client must do it.</summary>
    bool CanBeginAgain { get; }

    /// <summary>Has the client begin partitions anew of which nothing has come yet, at their committed positions.</summary>
    void BeginAgain(IReadOnlyCollection<PartitionId> partitions);

    /// <summary>Has the client begin a partition anew at a position: there, or where it finds that the log has gone back below. Needs <see cref="CanBeginAgain"/>.</summary>
    /// <returns>False where the client refuses: it may go on where it is, or not at all.</returns>
    bool TryBeginAt(PartitionId partition, Position position);

    /// <summary>Fetches a partition from another offset on.</summary>
    /// <returns>False where the client is not ready for it yet: try again after the next poll.</returns>
    bool TrySeek(PartitionId partition, long offset);

    /// <summary>Hands a position to the client, which commits it in the background, before a revocation and before it closes.</summary>
    /// <returns>False where the client refuses it, because it no longer owns the partition.</returns>
    bool TryStore(PartitionId partition, Position position);

    /// <summary>The oldest offset that the broker holds, as of the last answer to a fetch; null where the client does not know it.</summary>
    long? GetLogStart(PartitionId partition);

    /// <summary>The offset after the newest record, as of the last answer to a fetch; null where the client does not know it. Thread-safe.</summary>
    long? GetLogEnd(PartitionId partition);

    /// <summary>Asks the broker for the group's committed positions and, for partitions without one, where to start. Runs on threads of its own.</summary>
    /// <exception cref="RecordSourceException">The broker did not answer, or refused.</exception>
    Task<IReadOnlyList<StartingPoint>> LookUpAsync(IReadOnlyCollection<KeyValuePair<PartitionId, StartRule>> partitions, CancellationToken cancellationToken);

    /// <summary>Asks the broker for the offset of the oldest record of a partition and for that after its newest. Runs on a thread of its own.</summary>
    /// <exception cref="RecordSourceException">The broker did not answer, or refused.</exception>
    Task<(long Oldest, long End)> LookUpBoundsAsync(PartitionId partition);

    /// <summary>
    /// Commits positions and waits for the broker's acknowledgement, also where they are lower than those committed before, which <see cref="TryStore"/> does
    /// not do. Runs on a thread of its own.
    /// </summary>
    /// <exception cref="RecordSourceException">The broker did not answer, or refused.</exception>
    Task CommitAsync(IReadOnlyCollection<KeyValuePair<PartitionId, Position>> positions);

    /// <summary>Commits what is stored and leaves the group. May take without bound while a broker is frozen: call it where it can be abandoned.</summary>
    void Close();
}
