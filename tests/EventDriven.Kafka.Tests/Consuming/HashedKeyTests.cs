using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class HashedKeyTests
{
    [Fact]
    public void Keys_of_equal_content_are_equal()
    {
        var one = new HashedKey([1, 2, 3]);
        var other = new HashedKey([1, 2, 3]);

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Theory]
    [InlineData(new byte[] { 1, 2 }, new byte[] { 1, 3 })]
    [InlineData(new byte[] { 1, 2 }, new byte[] { 1, 2, 0 })]
    [InlineData(new byte[] { }, new byte[] { 0 })]
    [InlineData(new byte[] { }, null)]
    public void Keys_of_other_content_are_not(byte[] one, byte[]? other) => Assert.NotEqual(new HashedKey(one), new HashedKey(other));

    [Fact]
    public void An_empty_key_is_a_key() => Assert.Equal(new HashedKey([]), new HashedKey([]));
}
