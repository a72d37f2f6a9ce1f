using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Which claims count, and which entries are valid.</summary>
public sealed class ParkedLogReaderTests
{
    private ParkedLogReader _reader = new();
    private long _offset;

    [Fact]
    public void A_claim_counts_that_names_the_last_counting_one()
    {
        Assert.Equal(ParkedVerdict.Counts, Claim(null));
        Assert.Equal(ParkedVerdict.Counts, Claim(0));
        Assert.Equal(1, _reader.Counting);
    }

    [Theory]
    [InlineData(ParkingRules.All, ParkedVerdict.Void)]
    [InlineData(ParkingRules.All & ~ParkingRules.ClaimsNameTheirPredecessor, ParkedVerdict.Counts)]
    internal void A_claim_that_was_delayed_behind_its_successor_does_not_count(ParkingRules rules, ParkedVerdict verdict)
    {
        _reader = new ParkedLogReader(rules);
        Claim(null);
        Claim(0);

        Assert.Equal(verdict, Claim(0));
    }

    [Fact]
    public void Entries_of_a_claim_that_is_not_the_last_counting_one_are_void()
    {
        Claim(null);
        Claim(0);

        Assert.Equal(ParkedVerdict.Void, Parked(0, 1));
        Assert.Equal(ParkedVerdict.Valid, Parked(1, 1));
    }

    [Theory]
    [InlineData(ParkingRules.All, ParkedVerdict.Void)]
    [InlineData(ParkingRules.All & ~ParkingRules.NumbersCountOnce, ParkedVerdict.Valid)]
    internal void An_entry_that_landed_twice_is_valid_once(ParkingRules rules, ParkedVerdict verdict)
    {
        _reader = new ParkedLogReader(rules);
        Claim(null);
        Parked(0, 1);
        Parked(0, 2);

        Assert.Equal(verdict, Parked(0, 1));
    }

    [Fact]
    public void Of_an_append_that_landed_in_part_and_again_each_entry_is_valid_once()
    {
        Claim(null);

        Assert.Equal(
            [ParkedVerdict.Valid, ParkedVerdict.Valid, ParkedVerdict.Valid, ParkedVerdict.Void, ParkedVerdict.Void],
            new List<int> { 2, 3, 1, 2, 3 }.Select(number => Parked(0, number)));
    }

    [Fact]
    public void What_a_person_has_put_back_is_valid_without_a_claim() =>
        Assert.Equal(ParkedVerdict.Valid, Judge(new ParkedEntry { Kind = ParkedEntryKind.Redrive }));

    [Fact]
    public void The_first_claim_of_a_trimmed_log_counts_whatever_it_names()
    {
        Assert.True(_reader.StartAgain(50));
        _offset = 50;

        Assert.Equal(ParkedVerdict.Counts, Claim(17));
        Assert.Equal(ParkedVerdict.Valid, Parked(50, 8));
    }

    [Fact]
    public void The_first_claim_of_a_log_that_was_never_trimmed_counts_only_if_it_names_none() =>
        Assert.Equal(ParkedVerdict.Void, Claim(17));

    [Theory]
    [InlineData(ParkingRules.All, true)]
    [InlineData(ParkingRules.All & ~ParkingRules.StartAgainWhereTrimmed, false)]
    internal void A_reader_whose_position_was_trimmed_starts_again(ParkingRules rules, bool startsAgain)
    {
        _reader = new ParkedLogReader(rules);
        Claim(null);

        Assert.Equal(startsAgain, _reader.StartAgain(10));
        Assert.Equal(10, _reader.Position);
        Assert.Equal(startsAgain ? null : 0L, _reader.Counting);
    }

    [Fact]
    public void What_nobody_understands_is_passed_over_and_counted()
    {
        Assert.Equal(ParkedVerdict.Void, Judge(new ParkedEntry { Kind = ParkedEntryKind.Unknown }));
        Assert.Equal(1, _reader.Unknown);
        Assert.Equal(1, _reader.Position);
    }

    private ParkedVerdict Claim(long? previous) => Judge(new ParkedEntry { Kind = ParkedEntryKind.Claim, PreviousClaim = previous });

    private ParkedVerdict Parked(long claim, int number) => Judge(new ParkedEntry { Kind = ParkedEntryKind.Parked, Id = new EntryId(claim, number) });

    private ParkedVerdict Judge(ParkedEntry entry) => _reader.Judge(new ParkedLogRecord(_offset++, 0, 0, entry));
}
