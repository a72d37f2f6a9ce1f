using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

public class ClientErrorsTests
{
    private static readonly SourceError Refused = new(SourceErrorKind.Passing, "Local_Transport", "connection refused");
    private static readonly SourceError AllDown = new(SourceErrorKind.Passing, "Local_AllBrokersDown", "1/1 brokers are down");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_the_client_repeats_in_turn_is_told_once_each()
    {
        var errors = new ClientErrors(_time);
        var told = 0;
        for (var i = 0; i < 1_200; i++)
        {
            if (errors.Note(i % 2 == 0 ? Refused : AllDown)) told++;
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(2, told);
    }

    [Fact]
    public void The_same_error_after_a_time_without_any_is_news()
    {
        var errors = new ClientErrors(_time);
        Assert.True(errors.Note(Refused));
        _time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(errors.Note(Refused));
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.True(errors.Note(Refused));
    }

    [Fact]
    public void The_last_error_passes_and_its_beginning_is_that_of_the_unbroken_time_of_errors()
    {
        var errors = new ClientErrors(_time);
        Assert.Null(errors.Last);
        var began = _time.GetUtcNow();
        errors.Note(Refused);
        _time.Advance(TimeSpan.FromSeconds(10));
        errors.Note(AllDown);

        Assert.Same(AllDown, errors.Last);
        Assert.Equal(began, errors.Since);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Null(errors.Last);
        errors.Note(AllDown);
        Assert.Equal(_time.GetUtcNow(), errors.Since);
    }
}
