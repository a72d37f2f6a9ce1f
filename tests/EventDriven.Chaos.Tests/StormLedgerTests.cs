using EventDriven.Chaos.Storm;

namespace EventDriven.Chaos.Tests;

/// <summary>What the ledger of the storm finds. The events of key k of three are the numbers k, k + 3, k + 6, …</summary>
public sealed class StormLedgerTests
{
    private readonly StormLedger _ledger = new(keys: 3, events: 10);

    [Fact]
    public void Every_event_once_and_each_key_in_order_is_clean()
    {
        HandleAll([0, 3, 1, 2, 6, 4, 7, 5, 8, 9]);

        Assert.Empty(_ledger.Problems);
        Assert.Empty(_ledger.Missing());
        Assert.Equal((10, 0), (_ledger.Count, _ledger.Again));
    }

    [Fact]
    public void An_event_that_is_missing_is_found()
    {
        HandleAll([0, 1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.Contains(_ledger.Missing(), static problem => problem.Contains("the first is number 9", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_of_a_key_that_are_swapped_are_found()
    {
        HandleAll([0, 6, 3]);

        Assert.Contains(_ledger.Problems, static problem => problem.Contains("number 2 came when 1 was next", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_is_handled_again_without_the_later_ones_is_found()
    {
        HandleAll([.. Enumerable.Range(0, 10), 3]);

        Assert.Equal(1, _ledger.Again);
        Assert.Contains(_ledger.Missing(), static problem => problem.Contains("the last one handled is number 1 of 3", StringComparison.Ordinal));
    }

    private void HandleAll(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _ledger.Handle(number);
        }
    }
}
