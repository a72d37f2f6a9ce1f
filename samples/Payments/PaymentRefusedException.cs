namespace Payments;

/// <summary>A payment that no further attempt can make right.</summary>
public sealed class PaymentRefusedException(string message) : Exception(message);
