using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class KeyComparerTests
{
    [Fact]
    public void Keys_of_equal_content_are_equal()
    {
        byte[] one = [1, 2, 3];
        byte[] other = [1, 2, 3];

        Assert.True(KeyComparer.Instance.Equals(one, other));
        Assert.Equal(KeyComparer.Instance.GetHashCode(one), KeyComparer.Instance.GetHashCode(other));
    }

    [Theory]
    [InlineData(new byte[] { 1, 2 }, new byte[] { 1, 3 })]
    [InlineData(new byte[] { 1, 2 }, new byte[] { 1, 2, 0 })]
    [InlineData(new byte[] { }, new byte[] { 0 })]
    public void Keys_of_other_content_are_not(byte[] one, byte[] other) => Assert.False(KeyComparer.Instance.Equals(one, other));

    [Fact]
    public void An_empty_key_is_a_key() => Assert.True(KeyComparer.Instance.Equals([], []));
}
