namespace EventDriven.Simulation;

/// <content>The peace at the end: nothing fails any more, and everything must come to its end.</content>
internal sealed partial class Simulation
{
    /// <summary>How long, once the faults have ceased, it may take until everything is handled and committed (I6): the longest handler and drain, several times.</summary>
    private const long Patience = 60_000;

    /// <summary>The same where events fail for good, and each of a partition that holds one record waits until it is tried again.</summary>
    private const long PatienceWithFailures = 600_000;

    /// <summary>The same where what is parked waits, one event of a key after the other, each with all its steps.</summary>
    private const long PatienceWithParked = 1_000_000;

    /// <summary>The same where transactions wait for their time, and for clients that make longer pauses each time.</summary>
    private const long PatienceWithTransactions = 600_000;

    /// <summary>How much time passes at once, at most, where nothing happens.</summary>
    private const int LongestPace = 500;

    /// <summary>What is added where what one process writes is due in an hour by the clock of another.</summary>
    private const long PatienceWithWrongClocks = 12 * 3_600_000;

    private const string UnendedSeek = "a seek was neither done nor refused";

    private bool IsSeeking => _world.Seeks.Exists(static seek => !seek.Done.IsCompleted);

    private void ComeToAnEnd()
    {
        var world = _world;
        world.Trace?.Add("the faults cease");
        world.IsQuiet = true;
        foreach (var member in world.Members)
        {
            member.Thaw();
        }

        // The user has seen that events expired.
        world.Schedule.Options.WhenExpired = Kafka.ExpiredEventsAction.Continue;
        KeepProcessesRunning();
        foreach (var member in world.Members)
        {
            member.SetPaused(false);
            for (var partition = 0; partition < world.Schedule.AllPartitions; partition++)
            {
                member.SetPaused(partition, false);
            }
        }

        var longestPace = world.HasClockJumped ? LongestPace * 10 : LongestPace;
        var patience = (world.HasClockJumped ? PatienceWithWrongClocks : 0)
            + (world.Schedule.Transactions is not null ? PatienceWithTransactions : 0)
            + (world.Broker.Parked.Length > 0 ? PatienceWithParked : world.Schedule.Failing is not null ? PatienceWithFailures : Patience);
        var until = world.Time.Now + patience;
        string? missing = null;
        var pace = 1;
        for (var round = 0; round < 20 || world.HasMoreToLand || world.Broker.Transactions.IsAnyEnding || (missing = IsSeeking ? UnendedSeek : world.Oracle.WhatIsMissing()) is not null; round++)
        {
            if (world.Time.Now > until)
            {
                world.Fail(new InvariantViolation("I6", $"{missing}, {patience} ms after the faults have ceased"));
            }

            KeepProcessesRunning();
            var before = world.Activity;
            world.Advance(pace);
            foreach (var member in world.Members)
            {
                if (round % 8 == 7)
                {
                    member.Retry();
                }

                member.Step();
                ThrowIfFailed();
            }

            // Where all that is left waits for its time, so does the schedule.
            pace = world.Activity > before ? 1 : Math.Min(pace * 2, longestPace);
        }

        StopAll();
    }

    private void StopAll()
    {
        for (var turns = 0; _world.Members.Exists(member => !member.IsGone); turns++)
        {
            if (turns > 10_000)
            {
                _world.Fail(new InvariantViolation("I6", "a stop does not end"));
            }

            foreach (var member in _world.Members)
            {
                // One that was about to start another client does so first.
                member.RequestStop(_world.Schedule.Options.DrainTimeout, stays: false);
                member.Step();
                ThrowIfFailed();
            }
        }

        if (IsSeeking)
        {
            _world.Fail(new InvariantViolation("I6", UnendedSeek));
        }

        // A log that went back may be read again from its start, up to the stop.
        if (!Array.Exists(_world.Broker.Logs, log => log.OrderIsMoot) && _world.Oracle.WhatIsMissing() is { } missing)
        {
            _world.Fail(new InvariantViolation("I1", missing));
        }
    }
}
