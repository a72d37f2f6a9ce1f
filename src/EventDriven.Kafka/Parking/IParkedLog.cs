namespace EventDriven.Kafka.Parking;

/// <summary>
/// The parked log of one source partition: one partition of the parked topic. It reads, writes and trims, and knows nothing of the protocol. A seam: the simulator
/// has another. All calls may come from any thread; all may take as long as brokers need and end with the token.
/// </summary>
internal interface IParkedLog
{
    /// <summary>The oldest offset and the offset after the newest record, asked of the broker now.</summary>
    /// <exception cref="ParkedLogException">The broker did not answer, or refused.</exception>
    Task<(long Start, long End)> GetBoundsAsync(CancellationToken cancellationToken);

    /// <summary>Reads from an offset on. One call at a time for each <paramref name="cursor"/>; a read that follows another in offset order costs no seek.</summary>
    /// <param name="cursor">Whose read it is: the tail's and rebuild's, or the windows' of payloads.</param>
    /// <param name="from">The offset.</param>
    /// <param name="maxBytes">About how many bytes of entries to answer with at most; at least one entry where there is one.</param>
    /// <param name="wait">How long to wait where there is nothing yet.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="ParkedLogException">The broker did not answer, or refused.</exception>
    Task<ParkedLogRead> ReadAsync(ParkedLogCursor cursor, long from, int maxBytes, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>
    /// Writes entries, in this order, and waits until the broker has acknowledged all of them. One call at a time. Where it fails, any of them may have been written,
    /// or may still be: it is called again with the same entries, which keep their names.
    /// </summary>
    /// <exception cref="ParkedLogException">An entry was not acknowledged.</exception>
    Task AppendAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellationToken);

    /// <summary>Deletes what lies below an offset.</summary>
    /// <exception cref="ParkedLogException">The broker did not answer, or refused.</exception>
    Task TrimAsync(long before, CancellationToken cancellationToken);
}
