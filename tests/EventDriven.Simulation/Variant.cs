namespace EventDriven.Simulation;

/// <summary>What is asked of schedules beyond their seeds.</summary>
/// <param name="Batches">Whether events are handled in batches; null leaves that to the seed.</param>
/// <param name="Failures">What becomes of events that fail; null leaves that to the seed.</param>
/// <param name="TakesMany">Whether clients hand out many records at a time; null leaves that to the seed.</param>
/// <param name="Classic">Whether the group has the classic protocol; null leaves that to the seed.</param>
/// <param name="Transactions">Whether output and positions are committed in transactions; then events are handled one by one, and those that fail stop their partition or are parked.</param>
internal readonly record struct Variant(bool? Batches = null, FailureMode? Failures = null, bool? TakesMany = null, bool? Classic = null, bool Transactions = false)
{
    public override string ToString() => $"{(Batches is { } batches ? $" --batches {batches}" : "")}{(Failures is { } failures ? $" --failures {failures}" : "")}{(Classic is { } classic ? $" --classic {classic}" : "")}{(Transactions ? " --transactions" : "")}";
}
