namespace Payments;

/// <summary>An account is to pay; keyed by the account, so that the payments of one are made in order.</summary>
public sealed record PaymentRequested(string Account, int Number, decimal Amount);
