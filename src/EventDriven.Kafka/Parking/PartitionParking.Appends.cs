namespace EventDriven.Kafka.Parking;

/// <content>Writing, and what becomes true when it is acknowledged; trimming.</content>
internal sealed partial class PartitionParking
{
    private bool _pumping;
    private bool _isClaimingAnew;
    /// <summary>Without these it can't be told that a claim counts, or that none is in flight.</summary>
    private const ParkingRules ForClaimsAnew = ParkingRules.OneAppendInFlight | ParkingRules.KeepReadingTheTail;

    private bool _trimming;
    private long _trimmed = -1;
    private bool _isGrowing;
    private ParkedLogException? _appendError;
    private ParkedLogException? _trimError;

    /// <summary>Whether <see cref="Kick"/> would find something to do. Under the gate.</summary>
    public bool HasToDo => MayPump || MayLoad || MayTrim;

    private bool MayPump => !_pumping && IsComplete && (HasAppends || MustClaimAnew);

    /// <summary>Whether the log is to be claimed anew, which no append, and no marker in a transaction, may cross.</summary>
    private bool MustClaimAnew => _appends.LastNumber >= _settings.ClaimAnewAfter && (_rules & ForClaimsAnew) == ForClaimsAnew
        && (_committing.Count == 0 || (_rules & ParkingRules.NoMarkerAcrossClaims) == 0);

    private bool MayLoad => !_loading && IsComplete && _wanted.Count > 0 && !_hasNoRoom;

    private bool MayTrim => !_trimming && IsComplete && _trims.Allowed > _trimmed;

    /// <summary>Sends what waits. Outside of the gate.</summary>
    public void Kick()
    {
        bool pump;
        bool load;
        bool trim;
        lock (_gate)
        {
            pump = MayPump;
            _pumping |= pump;
            load = MayLoad;
            _loading |= load;
            trim = MayTrim;
            _trimming |= trim;
        }

        if (pump)
        {
            _ = PumpAsync();
        }

        if (load)
        {
            _ = LoadAsync();
        }

        if (trim)
        {
            _ = TrimAsync();
        }
    }

    /// <summary>Notes a position that the client is given for committing. Any thread, outside of the gate.</summary>
    public void OnStored(long position)
    {
        lock (_gate)
        {
            _trims.OnStored(position, !IsComplete ? -1 : (_rules & ParkingRules.TrimToClaimInForce) == 0 ? LowestUnfinished() : Math.Min(Claim, Index.LowestClaim ?? Claim));
        }
    }

    /// <summary>Notes a position that the broker has accepted. Any thread, outside of the gate.</summary>
    public void OnCommitted(long position)
    {
        lock (_gate)
        {
            _trims.OnCommitted(position);
        }

        Kick();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                PendingAppend[]? batch;
                lock (_gate)
                {
                    _isClaimingAnew = IsComplete && MustClaimAnew;
                    batch = IsComplete && !_isClaimingAnew ? _appends.Take() : null;
                    if (batch is null && !_isClaimingAnew)
                    {
                        _pumping = false;
                        return;
                    }
                }

                if (batch is null)
                {
                    await ClaimAnewAsync().ConfigureAwait(false);
                    continue;
                }

                if ((_rules & ParkingRules.OneAppendInFlight) == 0)
                {
                    _ = AppendAsync(batch);
                    continue;
                }

                await AppendAsync(batch).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (IsOver)
        {
            // The assignment has ended: nothing more is written by it.
        }
    }

    private async Task AppendAsync(PendingAppend[] batch)
    {
        await AppendAsync(Array.ConvertAll(batch, static pending => pending.Entry)).ConfigureAwait(false);
        lock (_gate)
        {
            ThrowIfEnded();
            _appends.Acknowledge(batch);
            foreach (var pending in batch)
            {
                OnAcknowledged(pending);
            }

            OnMarkersAcknowledged();
            UpdateBound();
            if (!HasAppends)
            {
                _lanes.OnAppendsEnded();
            }
        }

        foreach (var pending in batch)
        {
            pending.Acknowledged?.TrySetResult(true);
        }

        Kick();
    }

    private void OnAcknowledged(PendingAppend pending)
    {
        var item = pending.Item;
        switch (pending.Entry.Kind)
        {
            case ParkedEntryKind.Parked:
                Index.Add(item, pending.Entry.Key);
                Keep(item, new ParkedPayload(pending.Entry.Value, pending.Entry.Headers));
                if (pending.Lane is not null)
                {
                    _lanes.OnParked(pending.Lane);
                }

                if (IsTransactional)
                {
                    LetThrough(item);
                }

                Consider(item.Key);
                break;

            case ParkedEntryKind.Step:
                (item.Step, item.Attempts, item.DueMs) = (pending.Entry.StepIndex, pending.Entry.Attempts, DueMs(pending.Entry.DueAtMs));
                _hasNoRoom = false;
                MakeRoom(0);
                break;

            case ParkedEntryKind.Done:
                OnDone(item);
                break;
        }
    }

    private void OnDone(ParkedItem item)
    {
        Index.Remove(item);
        _lanes.Wake(item.Key);
    }

    /// <summary>Writes until it is acknowledged, always under the same names, or the assignment ends.</summary>
    private async Task AppendAsync(ParkedEntry[] entries)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                await _log.AppendAsync(entries, _ended.Token).ConfigureAwait(false);
                SetTrouble(ref _appendError, null);
                return;
            }
            catch (Exception exception) when (!IsOver)
            {
                SetTrouble(ref _appendError, AsTrouble(exception));
            }

            await PauseAsync(pause).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Claims the log again, naming the own claim, while no append is in flight. The new claim is used, for entries and for trimming, only once everything before it was
    /// read and it was seen to count.
    /// </summary>
    private async Task ClaimAnewAsync()
    {
        var counts = new TaskCompletionSource();
        ParkedEntry claim;
        lock (_gate)
        {
            ThrowIfEnded();
            claim = new ParkedEntry { Kind = ParkedEntryKind.Claim, ClaimId = Guid.NewGuid(), PreviousClaim = _own };
            _sought = claim.ClaimId;
            _claimedAnew = counts;
        }

        await AppendAsync([claim]).ConfigureAwait(false);
        await counts.Task.WaitAsync(_ended.Token).ConfigureAwait(false);
    }

    /// <summary>Finds out at the start whether the log may be trimmed, by deleting nothing.</summary>
    private Task ProbeTrimAsync()
    {
        lock (_gate)
        {
            if (IsEnded || _trimming)
            {
                return Task.CompletedTask;
            }

            _trimming = true;
        }

        return TrimOnceAsync(0);
    }

    private async Task TrimAsync()
    {
        try
        {
            long before;
            lock (_gate)
            {
                ThrowIfEnded();
                before = _trims.Allowed;
            }

            await TrimOnceAsync(before).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (IsOver)
        {
            // The assignment has ended. What it was allowed to delete may be deleted later too.
        }
    }

    /// <summary>What fails is tried again with the next commit.</summary>
    private async Task TrimOnceAsync(long before)
    {
        ParkedLogException? error = null;
        try
        {
            await _log.TrimAsync(before, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsOver)
        {
            error = AsTrouble(exception);
        }

        bool isNew;
        lock (_gate)
        {
            _trimming = false;
            isNew = error is { IsRefused: true } && !_isGrowing;
            _isGrowing = error is { IsRefused: true };
            if (error is null)
            {
                _trimmed = Math.Max(_trimmed, before);
            }
        }

        // A log that only grows is told as such.
        SetTrouble(ref _trimError, error is { IsRefused: false } ? error : null);
        if (isNew)
        {
            OnTrimRefused?.Invoke(error!);
        }
    }

    /// <summary>Where a trim without the protocol would go: to the lowest unfinished entry itself.</summary>
    private long LowestUnfinished()
    {
        var lowest = _reader.Position;
        foreach (var item in Index.Items)
        {
            lowest = item.LogOffset >= 0 ? Math.Min(lowest, item.LogOffset) : Math.Min(lowest, item.Claim);
        }

        return lowest;
    }
}
