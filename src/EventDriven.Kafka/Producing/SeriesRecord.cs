namespace EventDriven.Kafka.Producing;

/// <summary>A record of a series.</summary>
/// <param name="epoch">The epoch it was produced in.</param>
/// <param name="series">The series.</param>
/// <param name="index">Its place, from 0.</param>
internal sealed class SeriesRecord(FlushEpoch epoch, RecordSeries series, int index) : PendingRecord(epoch)
{
    public override EventProduceException? ReasonAgainst(ProducerConnection connection) => series.ReasonAgainst(connection, index, Target);

    /// <summary>It never came into the client.</summary>
    public void Refuse(EventProduceException error) => series.End(error);

    protected override void OnDelivered(in EventReceipt receipt) => series.End(null);

    protected override void OnFailed(EventProduceException error) => series.End(error);
}
