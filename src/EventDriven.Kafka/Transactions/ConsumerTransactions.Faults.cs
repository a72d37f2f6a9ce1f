using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Transactions;

/// <content>What becomes of a transaction that can't be committed.</content>
internal sealed partial class ConsumerTransactions
{
    /// <returns>False where these transactions have ended with the fault.</returns>
    private bool Recover(TransactionFaultException fault)
    {
        if (fault.Fault is TransactionFault.Abortable && !TryAbort(ref fault)) return true;

        if (_stopping) return false;

        switch (fault.Fault)
        {
            case TransactionFault.Fenced or TransactionFault.Fatal:
                // What it has open never becomes visible. Whoever comes next, this process or another, begins at the committed positions.
                if (_isOpen) _telemetry?.Lost(_openedAt);
                Clear();
                LogEnded(_consumer, fault.Message);
                _owner.OnTransactionsEnded(fault.Code, fault.Reason);
                return false;

            case TransactionFault.Indefinite or TransactionFault.Unreachable:
                _owner.OnTransactionTrouble(fault.Code, fault.Reason);
                LogNewClient(_consumer, fault.Message);
                _client?.Close();
                _client = null;
                return Reopen();

            default:
                return true;
        }
    }

    /// <summary>Aborts, and has the events handled again.</summary>
    /// <returns>False where that is done; else the fault that is left.</returns>
    private bool TryAbort(ref TransactionFaultException fault)
    {
        if (_positions.Count == 0) return false;

        try
        {
            if (_isOpen) _client!.Abort();
        }
        catch (TransactionFaultException worse)
        {
            fault = worse.Fault is TransactionFault.Abortable
                ? new TransactionFaultException(TransactionFault.Indefinite, worse.Code, worse.Reason, worse)
                : worse;
            return true;
        }

        if (_isOpen) _telemetry?.Aborted(_openedAt);
        LogAborted(_consumer, fault.Message);
        Replay(fault);
        Pause();
        return false;
    }

    /// <summary>Makes a new client. Once it has the id, brokers have decided about the transaction that was open: only then is it known where to go on.</summary>
    private bool Reopen()
    {
        // Nothing more is taken from these, whatever becomes of the new client.
        var fault = new TransactionFaultException(TransactionFault.Indefinite, "OutcomeUnknown", "no answer came to its end");
        foreach (var assignment in _positions.Keys) assignment.Seal();

        while (!_stopping)
        {
            try
            {
                _client = Open();
                if (_isOpen) _telemetry?.Lost(_openedAt);
                if (_positions.Count > 0) Replay(fault);

                return true;
            }
            catch (TransactionFaultException again) when (again.Fault is TransactionFault.Fatal or TransactionFault.Fenced)
            {
                return Recover(again);
            }
            catch (TransactionFaultException again)
            {
                _owner.OnTransactionTrouble(again.Code, again.Reason);
                EndFlushes();
                Pause();
            }
        }

        return false;
    }

    private void Replay(TransactionFaultException fault)
    {
        var aborted = _positions.Keys.ToArray();
        foreach (var assignment in aborted) assignment.Seal();

        Clear();
        _outputs.SettleRefused();
        _owner.OnAborted(aborted, fault.Code, fault.Reason);
    }

    /// <summary>Waits, longer each time, so that what fails at once does not do so in a loop. A stop ends it, and partitions that are to go: what others have finished of them is committed.</summary>
    private void Pause()
    {
        _thread.Wait(() => _stopping || _isLeaving, _pause);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    /// <summary>Nobody may wait for a commit while there is no client to make one.</summary>
    private void EndFlushes()
    {
        List<Flush> left;
        lock (_gate)
        {
            left = [.. _flushes];
            _flushes.Clear();
            _isLeaving = false;
        }

        foreach (var flush in left)
        {
            foreach (var assignment in flush.Leaving) assignment.Seal();
            Settle(flush);
        }
    }

    private void AbortAtEnd()
    {
        if (_client is null)
        {
            // No answer came to its end, and no client that could have found out.
            _telemetry?.Lost(_openedAt);
            return;
        }

        try
        {
            _client.Abort();
            _telemetry?.Aborted(_openedAt);
        }
        catch (TransactionFaultException fault)
        {
            // Its successor, or its timeout, ends it.
            _telemetry?.Lost(_openedAt);
            LogNotAborted(_consumer, fault.Message);
        }
    }

    [LoggerMessage(6010, LogLevel.Warning, "Consumer '{Consumer}': a transaction was aborted, nothing of it is visible, and its events are handled again: {Reason}")]
    private partial void LogAborted(string consumer, string reason);

    [LoggerMessage(6011, LogLevel.Error, "Consumer '{Consumer}': its transactions can't go on: {Reason}. It leaves its group; what was not committed is handled again.")]
    private partial void LogEnded(string consumer, string reason);

    [LoggerMessage(6012, LogLevel.Warning, "Consumer '{Consumer}': transactions go on with a new client, which finds out what has become of the last one: {Reason}")]
    private partial void LogNewClient(string consumer, string reason);

    [LoggerMessage(6013, LogLevel.Warning, "Consumer '{Consumer}' could not abort its last transaction before it stopped: {Reason}. Brokers do when its time is over, or when a successor with the same id begins.")]
    private partial void LogNotAborted(string consumer, string reason);

    [LoggerMessage(6014, LogLevel.Critical, "Consumer '{Consumer}': the thread of its transactions has failed by a defect of this library. It leaves its group, and starts again with new clients; what was not committed is handled again.")]
    private partial void LogFailed(Exception exception, string consumer);
}
