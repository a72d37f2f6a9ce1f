using EventDriven.Kafka.Offsets;
using FsCheck;
using FsCheck.Fluent;

namespace EventDriven.Kafka.Tests.Offsets;

/// <summary>The ledger against a list that remembers everything, over random sequences of appends, finishes and ends.</summary>
public sealed class OffsetLedgerModelTests
{
    [Fact]
    public void It_agrees_with_a_list_that_remembers_everything() =>
        Prop.ForAll<NonNegativeInt, (byte Action, byte Argument)[]>(Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(600));

    private static void Agrees(NonNegativeInt seed, (byte Action, byte Argument)[] steps)
    {
        var ledger = new OffsetLedger();
        var model = new Model();
        if (seed.Get % 2 == 0)
        {
            ledger.StartAt(new Position(seed.Get, -1));
            model.StartAt(seed.Get);
        }

        foreach (var (action, argument) in steps)
        {
            switch (action % 8)
            {
                // Mostly appends, so that the ring grows; now and then an offset that was received before.
                case 0 or 1 or 2 or 3:
                    var offset = Math.Max(0, model.Next + (argument % 16 == 0 ? -1 - (argument / 16) : argument % 4 == 0 ? argument % 7 : 0));
                    Assert.Equal(model.Append(offset, argument % 3), ledger.Append(offset, argument % 3));
                    break;

                case 4 when argument % 4 == 0:
                    var end = model.Next + (argument % 5);
                    model.ReachEnd(end);
                    ledger.ReachEnd(end);
                    break;

                default:
                    if (model.Unfinished(argument) is { } number)
                    {
                        model.Finish(number);
                        ledger.Finish(number);
                    }

                    break;
            }

            Assert.Equal(model.Position is not null, ledger.HasPosition);
            if (model.Position is { } position)
            {
                Assert.Equal(position, ledger.Position.Offset);
                Assert.Equal(model.LeaderEpoch, ledger.Position.LeaderEpoch);
            }

            Assert.Equal(model.Head, ledger.Head);
            Assert.Equal(model.Count, ledger.Tail);
        }
    }

    private sealed class Model
    {
        private readonly List<(long Offset, int LeaderEpoch, bool Finished)> _records = [];
        private long _end = -1;

        public int Count => _records.Count;

        public int Head => _records.FindIndex(record => !record.Finished) is var index and >= 0 ? index : Count;

        public long? Position { get; private set; }

        // Past the end of the partition there are control records, whose epoch is unknown.
        public int LeaderEpoch => Head > 0 && Position == _records[Head - 1].Offset + 1 ? _records[Head - 1].LeaderEpoch : -1;

        public long Next => Math.Max(Count > 0 ? _records[^1].Offset + 1 : 0, Position ?? 0);

        public void StartAt(long offset) => Position = offset;

        public long Append(long offset, int leaderEpoch)
        {
            if (offset < Next)
            {
                return -1;
            }

            Position ??= offset;
            _end = -1;
            _records.Add((offset, leaderEpoch, false));
            return Count - 1;
        }

        public void ReachEnd(long offset)
        {
            _end = offset;
            Position ??= offset;
            Move();
        }

        public long? Unfinished(byte choice)
        {
            var unfinished = Enumerable.Range(0, Count).Where(i => !_records[i].Finished).ToArray();
            return unfinished.Length == 0 ? null : unfinished[choice % unfinished.Length];
        }

        public void Finish(long number)
        {
            _records[(int)number] = _records[(int)number] with { Finished = true };
            Move();
        }

        private void Move()
        {
            var finished = Head == 0 ? 0 : _records[Head - 1].Offset + 1;
            Position = Math.Max(Position!.Value, Head == Count ? Math.Max(finished, _end) : finished);
        }
    }
}
