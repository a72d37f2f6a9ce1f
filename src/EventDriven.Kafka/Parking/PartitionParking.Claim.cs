namespace EventDriven.Kafka.Parking;

/// <content>Becoming the owner of the log: reading it, claiming it, and the index that is complete once the claim counts.</content>
internal sealed partial class PartitionParking
{
    /// <summary>How much is asked of the log at a time.</summary>
    private const int ReadBytes = 1024 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TailWait = TimeSpan.FromSeconds(1);

    private Guid? _sought;
    private bool _isRefused;
    private long? _own;

    /// <summary>Where the log ended as of the last read, what is in transactions that are not over included.</summary>
    private long _logEnd;
    private TimeSpan? _rebuildTime;
    private bool _isRebuilt;
    private ParkedLogException? _readError;

    /// <summary>Called, outside of the gate, where another owner's claim counts after ours: nothing that is written from here on would be valid.</summary>
    public Action? OnSuperseded { get; set; }

    /// <summary>Called when the broker does not let the log be trimmed.</summary>
    public Action<ParkedLogException>? OnTrimRefused { get; set; }

    /// <summary>Called when the log can't be used, once for each change of state, or can again (null).</summary>
    public Action<ParkedLogException?>? OnTrouble { get; set; }

    /// <summary>Whether the rebuild was begun.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Whether the rebuild is under way, and the log answers: other partitions wait for it.</summary>
    public bool IsRebuilding => IsBegun && !IsRebuilt && Volatile.Read(ref _readError) is null && Volatile.Read(ref _appendError) is null;

    /// <summary>Whether the rebuild has ended, or its assignment has.</summary>
    public bool IsRebuilt => Volatile.Read(ref _isRebuilt);

    /// <summary>Whether what fails fails because the assignment has ended.</summary>
    private bool IsOver => IsEnded || _ended.IsCancellationRequested;

    /// <summary>Claims the log, rebuilds the index, and reads on until the assignment ends.</summary>
    /// <param name="proveOwnership">
    /// Has the broker accept a commit of the assignment's position. True where it did, and the partition was neither revoked nor lost since it was asked.
    /// </param>
    public async Task RunAsync(Func<Task<bool>> proveOwnership)
    {
        IsBegun = true;
        try
        {
            var started = _time.GetTimestamp();
            await ClaimAsync(proveOwnership).ConfigureAwait(false);
            lock (_gate)
            {
                ThrowIfEnded();
                _rebuildTime = _time.GetElapsedTime(started);
                if (!IsSuperseded)
                {
                    Complete();
                }
            }

            Volatile.Write(ref _isRebuilt, true);
            Kick();
            _ = ProbeTrimAsync();
            if ((_rules & ParkingRules.KeepReadingTheTail) != 0)
            {
                await ReadTailAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (IsOver)
        {
            // The assignment has ended.
        }
        finally
        {
            Volatile.Write(ref _isRebuilt, true);
        }
    }

    private async Task ClaimAsync(Func<Task<bool>> proveOwnership)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            lock (_gate)
            {
                // A claim made before that was not found may still come: it is like anybody else's then.
                ThrowIfEnded();
                _isRefused = false;
                _sought = null;
            }

            await ReadToEndAsync(TimeSpan.Zero, waitsForClaim: false).ConfigureAwait(false);
            if ((_rules & ParkingRules.CommitBeforeClaim) != 0 && !await proveOwnership().ConfigureAwait(false))
            {
                await PauseAsync(pause).ConfigureAwait(false);
                continue;
            }

            ParkedEntry claim;
            lock (_gate)
            {
                ThrowIfEnded();
                claim = new ParkedEntry { Kind = ParkedEntryKind.Claim, ClaimId = Guid.NewGuid(), PreviousClaim = _reader.Counting };
                _sought = claim.ClaimId;
            }

            await AppendAsync([claim]).ConfigureAwait(false);

            // Where it is not found up to the end, somebody has trimmed it away, or the log has lost its end.
            await ReadToEndAsync(TailWait, waitsForClaim: true).ConfigureAwait(false);
            if (_own is not null)
            {
                return;
            }

            await PauseAsync(pause).ConfigureAwait(false);
        }
    }

    /// <summary>Reads everything that is acknowledged by now.</summary>
    /// <param name="wait">How long a read waits where the log is known to end.</param>
    /// <param name="waitsForClaim">Whether the claim is in the log: it is read up to there, also where transactions are not over that began before.</param>
    private async Task ReadToEndAsync(TimeSpan wait, bool waitsForClaim)
    {
        var end = await GetEndAsync().ConfigureAwait(false);
        lock (_gate)
        {
            ThrowIfEnded();
            if (_reader.Position > end && _own is null)
            {
                Index.Clear();
                _reader.BeginAt(0);
            }
        }

        while (_reader.Position < end && !_isRefused && _own is null)
        {
            var position = _reader.Position;
            await ReadAsync(wait).ConfigureAwait(false);

            // What comes next may be in a transaction of somebody who is gone: what was read counts only once that has ended.
            wait = _reader.Position == position ? TailWait : wait;
            end = Math.Max(end, waitsForClaim ? _logEnd : 0);
        }
    }

    private async Task<long> GetEndAsync()
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                var (_, end) = await _log.GetBoundsAsync(_ended.Token).ConfigureAwait(false);
                SetTrouble(ref _readError, null);
                return end;
            }
            catch (Exception exception) when (!IsOver)
            {
                SetTrouble(ref _readError, AsTrouble(exception));
            }

            await PauseAsync(pause).ConfigureAwait(false);
        }
    }

    /// <summary>Reads what comes next, as soon as the log answers.</summary>
    private async Task ReadAsync(TimeSpan wait)
    {
        for (var pause = FirstPause; ;)
        {
            if (await TryReadAsync(ParkedLogCursor.Tail, _reader.Position, wait).ConfigureAwait(false) is not { } read)
            {
                await PauseAsync(pause).ConfigureAwait(false);
                pause = Longer(pause);
                continue;
            }

            lock (_gate)
            {
                ThrowIfEnded();
                Take(read);
                return;
            }
        }
    }

    /// <returns>What was read; null where the log does not answer, which is told.</returns>
    private async Task<ParkedLogRead?> TryReadAsync(ParkedLogCursor cursor, long from, TimeSpan wait)
    {
        try
        {
            var read = await _log.ReadAsync(cursor, from, ReadBytes, wait, _ended.Token).ConfigureAwait(false);
            SetTrouble(ref _readError, null);
            return read;
        }
        catch (Exception exception) when (!IsOver)
        {
            SetTrouble(ref _readError, AsTrouble(exception));
            return null;
        }
    }

    /// <summary>Takes over what was read.</summary>
    private void Take(ParkedLogRead read)
    {
        if (_own is { } own && (read.LogStart > own || read.LogEnd < _reader.Position))
        {
            // Only an owner trims, up to its own claim at most: somebody else has deleted records, or the log.
            IsSuperseded = true;
            return;
        }

        _logEnd = read.LogEnd;
        if (read.LogEnd < _reader.Position)
        {
            _reader.BeginAt(read.LogStart);
            Index.Clear();
            return;
        }

        if (_reader.StartAgain(read.LogStart))
        {
            Index.Clear();
            return;
        }

        foreach (var record in read.Records)
        {
            if (record.Offset >= _reader.Position)
            {
                Take(record);
            }
        }

        _reader.MoveTo(read.Next);
    }

    private void Take(in ParkedLogRecord record)
    {
        var verdict = _reader.Judge(record);
        if (record.Entry.Kind is ParkedEntryKind.Claim)
        {
            TakeClaim(record, verdict);
        }
        else if (verdict == ParkedVerdict.Valid)
        {
            if (_own is null)
            {
                Apply(record);
            }
            else
            {
                TakeFromTail(record);
            }
        }
    }

    private void TakeClaim(in ParkedLogRecord record, ParkedVerdict verdict)
    {
        var isSought = record.Entry.ClaimId == _sought;
        if (verdict == ParkedVerdict.Counts)
        {
            if (isSought)
            {
                _own = record.Offset;
                _sought = null;
                _appends.GoOnUnder(record.Offset);
            }
            else if (_own is not null)
            {
                IsSuperseded = true;
            }
        }
        else if (isSought)
        {
            _sought = null;
            _isRefused = true;
            IsSuperseded |= _own is not null;
        }
    }

    /// <summary>An entry from before the claim: whoever wrote it, the index is made of it.</summary>
    private void Apply(in ParkedLogRecord record)
    {
        var entry = record.Entry;
        switch (entry.Kind)
        {
            case ParkedEntryKind.Parked or ParkedEntryKind.Redrive:
                AddRead(record);
                break;

            case ParkedEntryKind.Step when Index.Find(entry.About) is { } item:
                (item.Step, item.Attempts, item.DueMs) = (entry.StepIndex, entry.Attempts, DueMs(entry.DueAtMs));
                break;

            case ParkedEntryKind.Done when Index.Find(entry.About) is { } item:
                Index.Remove(item);
                break;
        }
    }

    private ParkedItem AddRead(in ParkedLogRecord record)
    {
        var item = ParkedItem.Of(record, Index.Source, _reader.Counting ?? -1);
        item.DueMs = DueMs(record.Entry.DueAtMs);
        Index.Add(item, record.Entry.Key);
        return item;
    }

    private void Complete()
    {
        IsComplete = true;
        Start = _lanes.Position.Offset;
        var keys = new HashSet<ParkedKey>();
        foreach (var item in Index.Items)
        {
            keys.Add(item.Key);
            if (item.IsOfThisSource)
            {
                _replayThrough = Math.Max(_replayThrough, item.OriginalOffset);
                if (item.Key.Key is null && item.OriginalOffset >= Start)
                {
                    Index.AwaitCopy(item);
                }
            }
        }

        UpdateBound();
        _lanes.OnIndexComplete();
        foreach (var key in keys)
        {
            Consider(key);
        }
    }

    private async Task PauseAsync(TimeSpan pause) => await Task.Delay(pause, _time, _ended.Token).ConfigureAwait(false);

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private void ThrowIfEnded()
    {
        if (IsEnded)
        {
            throw new OperationCanceledException(_ended.Token);
        }
    }

    private static ParkedLogException AsTrouble(Exception exception) => exception as ParkedLogException ?? new ParkedLogException(exception.Message, isRefused: false, exception);

    private void SetTrouble(ref ParkedLogException? trouble, ParkedLogException? now)
    {
        var before = Interlocked.Exchange(ref trouble, now);
        if (before is null != now is null)
        {
            OnTrouble?.Invoke(now);
        }
    }
}
