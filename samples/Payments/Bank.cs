using System.Collections.Concurrent;

namespace Payments;

/// <summary>The dependency: slow for one account, away for another, and with a rule that is wrong until somebody mends it.</summary>
public sealed class Bank(int expected)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> _paid = new();
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = expected;
    private int _failuresOfFlaky = 3;

    /// <summary>Whether the rule was mended.</summary>
    public bool AcceptsRefunds { get; set; }

    /// <summary>Ends when all payments but the refused one are made.</summary>
    public Task All => _all.Task;

    public IReadOnlyDictionary<string, int[]> Paid => _paid.ToDictionary(static account => account.Key, static account => account.Value.ToArray());

    public async Task PayAsync(PaymentRequested payment, CancellationToken cancellationToken)
    {
        if (payment.Account == "slow") await Task.Delay(300, cancellationToken);
        if (payment.Account == "flaky" && Interlocked.Decrement(ref _failuresOfFlaky) >= 0) throw new TimeoutException("the bank of 'flaky' does not answer");
        if (payment.Amount < 0 && !AcceptsRefunds) throw new PaymentRefusedException($"{payment.Amount} is no amount to pay");

        _paid.GetOrAdd(payment.Account, static _ => []).Enqueue(payment.Number);
        if (Interlocked.Decrement(ref _left) == 0) _all.SetResult();
    }
}
