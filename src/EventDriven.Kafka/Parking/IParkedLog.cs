using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// The parked log of one source partition: one partition of the parked topic. It reads, writes and trims, and knows nothing of the protocol. A seam: the simulator
/// has another. All calls may come from any thread; all may take as long as brokers need and end with the token. To dispose of it, when its partition goes, never
/// blocks: reads under way are cancelled, while an append under way may still land.
/// </summary>
internal interface IParkedLog : IDisposable
{
    /// <summary>The oldest offset and the offset after the newest record, asked of the broker now.</summary>
    /// <exception cref="ParkedLogException">The broker did not answer, or refused.</exception>
    Task<(long Start, long End)> GetBoundsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads from an offset on. One call at a time for each <paramref name="cursor"/>; a read that follows another in offset order costs no seek. What was prefetched
    /// may be answered with: who must have read all that was acknowledged before some moment asks for the bounds after it, and reads up to their end.
    /// </summary>
    /// <param name="cursor">Whose read it is: the tail's and rebuild's, or the windows' of payloads.</param>
    /// <param name="from">The offset.</param>
    /// <param name="maxBytes">About how many bytes of entries to answer with at most; at least one entry where there is one.</param>
    /// <param name="wait">How long to wait where the log is known to end at the offset.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ParkedLogException">The broker did not answer, or refused.</exception>
    Task<ParkedLogRead> ReadAsync(ParkedLogCursor cursor, long from, int maxBytes, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>
    /// Writes entries, in this order, and waits until the broker has acknowledged all of them. One call at a time. Where it fails, any of them may have been written,
    /// or may still be: it is called again with the same entries, which keep their names. Once one is known to have failed, no later one is sent; those that were on
    /// their way already may stand in the log without it. So no two entries of which the second must not stand alone may be in one call: two markers of one key.
    /// </summary>
    /// <param name="entries">The entries; at least one.</param>
    /// <param name="cancellationToken">Ends the waiting, not the sending; the next call waits for it first.</param>
    /// <exception cref="ParkedLogException">An entry was not acknowledged.</exception>
    Task AppendAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellationToken);

    /// <summary>Makes a record of an entry, for somebody else to write: in a transaction.</summary>
    void Write(ParkedEntry entry, OutgoingRecord record);

    /// <summary>Deletes what lies below an offset; does nothing where the log starts above it.</summary>
    /// <exception cref="ParkedLogException">The broker did not answer, or refused.</exception>
    Task TrimAsync(long before, CancellationToken cancellationToken);
}
