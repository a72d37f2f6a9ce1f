namespace EventDriven.Abstractions.Tests;

public sealed class EventDeliveryTests
{
    [Fact]
    public void A_delivery_is_a_receipt_or_an_error()
    {
        var receipt = new EventReceipt { Topic = "orders", Partition = 1, Offset = 2, Timestamp = DateTimeOffset.UnixEpoch };
        var error = new EventProduceException("refused", "orders", typeof(string), ProduceFailureReason.NotAuthorized);

        Assert.True(new EventDelivery(receipt).Succeeded);
        Assert.Equal(receipt, new EventDelivery(receipt).Receipt);
        Assert.False(new EventDelivery(error).Succeeded);
        Assert.Same(error, new EventDelivery(error).Error);
        Assert.Equal(default, new EventDelivery(error).Receipt);
    }

    [Fact]
    public void A_failure_to_produce_says_topic_type_reason_and_that_nothing_was_delivered()
    {
        var error = new EventProduceException("refused", "orders", typeof(string), ProduceFailureReason.NotAuthorized);

        Assert.Equal(("orders", typeof(string), ProduceFailureReason.NotAuthorized), (error.Topic, error.EventType, error.Reason));
        Assert.Equal(1, error.Count);
        Assert.False(error.MayHaveBeenDelivered);
    }
}
