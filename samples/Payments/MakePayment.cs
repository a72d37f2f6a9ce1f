using EventDriven;

namespace Payments;

/// <summary>Makes a payment; says of those that are worth a word how it went.</summary>
public sealed class MakePayment(Bank bank, Story story) : IEventHandler<PaymentRequested>
{
    public async ValueTask HandleAsync(PaymentRequested payment, EventContext context, CancellationToken cancellationToken)
    {
        var name = $"payment {payment.Number} of '{payment.Account}'";
        try
        {
            await bank.PayAsync(payment, cancellationToken);
            if (payment.Account is "flaky" or "slow" or "refund") story.Tell($"{name}: made, at attempt {context.Attempt}");
        }
        catch (Exception exception) when (exception is TimeoutException or PaymentRefusedException)
        {
            story.Tell($"{name}: attempt {context.Attempt} failed, {exception.Message}");
            throw;
        }
    }
}
