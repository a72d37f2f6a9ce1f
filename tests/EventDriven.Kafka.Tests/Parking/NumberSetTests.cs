using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

public sealed class NumberSetTests
{
    [Fact]
    public void It_answers_like_a_set_whatever_the_order()
    {
        var random = new Random(1);
        var numbers = new NumberSet();
        var model = new HashSet<int>();
        for (var i = 0; i < 20_000; i++)
        {
            var number = random.Next(1, 500) + (i / 100);
            Assert.Equal(model.Add(number), numbers.Add(number));
        }
    }
}
