using EventDriven.Kafka.Security;
using EventDriven.Kafka.Tests.Producing;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Security;

public class TokenSourceTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly LogLines _log = new();

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_a_call_and_those_who_ask_later_get_a_new_token()
    {
        var provider = new Provider();
        var source = Source(provider);

        var first = source.GetAsync();
        var second = source.GetAsync();
        provider.Answer.SetResult(Token("one"));

        Assert.Same(await first, await second);
        Assert.Equal(1, provider.Calls);
        Assert.Equal(_time.GetUtcNow().AddMinutes(5), source.State.ExpiresAt);
        provider.Answer = new TaskCompletionSource<OAuthBearerToken>();
        provider.Answer.SetResult(Token("two"));
        Assert.Equal("two", (await source.GetAsync()).Value);
    }

    [Fact]
    public async Task A_provider_that_never_returns_fails_after_its_time_and_the_caller_never_waits()
    {
        var provider = new Provider();
        var source = Source(provider);

        var token = source.GetAsync();
        Assert.False(token.IsCompleted);
        await provider.Called.Task.WaitAsync(Patience.Limit);
        _time.Advance(TimeSpan.FromSeconds(10));

        var thrown = await Assert.ThrowsAsync<TokenException>(() => token.WaitAsync(Patience.Limit));
        Assert.Equal("Cluster 'Kafka' has no new token: the token provider gave none within 00:00:10 (Security:TokenTimeout). It is asked again.", thrown.Message);
        Assert.True(provider.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_provider_that_blocks_its_thread_blocks_no_other()
    {
        using var released = new ManualResetEventSlim();
        var provider = new Provider { Block = released };
        var source = Source(provider);

        var token = source.GetAsync();
        await provider.Called.Task.WaitAsync(Patience.Limit);
        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TokenException>(() => token.WaitAsync(Patience.Limit));
        released.Set();
    }

    [Fact]
    public async Task A_failure_is_told_once_until_it_is_over_or_another_and_never_with_the_text_of_the_exception_to_the_client()
    {
        var provider = new Provider();
        var source = Source(provider);
        provider.Answer.SetException(new InvalidOperationException("client_secret=5ecret was refused"));

        for (var i = 0; i < 3; i++)
        {
            var thrown = await Assert.ThrowsAsync<TokenException>(source.GetAsync);
            Assert.DoesNotContain("5ecret", thrown.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, _log.Count(1010));
        Assert.Equal("the token provider threw InvalidOperationException", source.State.Failure);
        Assert.Equal(_time.GetUtcNow(), source.State.Since);

        provider.Answer = new TaskCompletionSource<OAuthBearerToken>();
        provider.Answer.SetResult(Token("good"));
        await source.GetAsync();
        Assert.Null(source.State.Failure);
        Assert.Equal(1, _log.Count(1011));
    }

    [Theory]
    [InlineData("", 300, "the token provider returned an empty token")]
    [InlineData("late", 0, "the token provider returned a token that has expired at 2026-01-02 03:04:05Z")]
    public async Task A_token_that_is_none_is_a_failure(string value, int seconds, string why)
    {
        var provider = new Provider();
        provider.Answer.SetResult(new OAuthBearerToken { Value = value, ExpiresAt = _time.GetUtcNow().AddSeconds(seconds) });
        var source = Source(provider);

        await Assert.ThrowsAsync<TokenException>(source.GetAsync);

        Assert.Equal(why, source.State.Failure);
    }

    private TokenSource Source(Provider provider) => new("Kafka", provider, TimeSpan.FromSeconds(10), _time, _log);

    private OAuthBearerToken Token(string value) => new() { Value = value, ExpiresAt = _time.GetUtcNow().AddMinutes(5) };

    private sealed class Provider : IOAuthBearerTokenProvider
    {
        public TaskCompletionSource<OAuthBearerToken> Answer { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token { get; private set; }

        public ManualResetEventSlim? Block { get; init; }

        public int Calls { get; private set; }

        public async ValueTask<OAuthBearerToken> GetTokenAsync(string cluster, CancellationToken cancellationToken)
        {
            Calls++;
            Token = cancellationToken;
            Called.TrySetResult();
            Block?.Wait(Patience.Limit, CancellationToken.None);
            return await Answer.Task;
        }
    }
}
