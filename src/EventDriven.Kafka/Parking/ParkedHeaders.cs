using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// The headers that entries of a parked log have beside those of <see cref="FailureHeaders"/>: UTF-8 text, so that any tool can read them. They are a public format
/// (docs/parked-topic.md): a name or meaning, once released, stays.
/// </summary>
internal static class ParkedHeaders
{
    public const string Kind = FailureHeaders.Prefix + "parked-kind";
    public const string Claim = FailureHeaders.Prefix + "parked-claim";
    public const string Number = FailureHeaders.Prefix + "parked-number";
    public const string ClaimId = FailureHeaders.Prefix + "parked-claim-id";
    public const string PreviousClaim = FailureHeaders.Prefix + "parked-previous-claim";
    public const string AboutClaim = FailureHeaders.Prefix + "parked-about-claim";
    public const string AboutNumber = FailureHeaders.Prefix + "parked-about-number";

    public const string KindClaim = "claim";
    public const string KindParked = "parked";
    public const string KindStep = "step";
    public const string KindDone = "done";
    public const string KindRedrive = "redrive";
}
