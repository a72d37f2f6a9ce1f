using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.SchemaRegistry.Tests;

public sealed class SchemaRegistryAccessTests : IAsyncLifetime
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;
    private EmbeddedSchemaRegistry _registry = null!;

    public static TheoryData<RegistryFault> Outages =>
    [
        RegistryFault.Unreachable, RegistryFault.Silence, RegistryFault.Html, RegistryFault.Garbage, RegistryFault.EmptyObject, RegistryFault.EndlessBody,
        RegistryFault.Error(500, 50001), RegistryFault.Error(502), RegistryFault.Error(503), RegistryFault.Error(408), RegistryFault.Error(404),
        RegistryFault.TooManyRequests(TimeSpan.FromSeconds(1)), RegistryFault.Redirect(null),
    ];

    public async ValueTask InitializeAsync()
    {
        _registry = await EmbeddedSchemaRegistry.StartAsync();
        _registry.Register("orders-value", TestRegistry.Avro("Order", "name").Text);
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task Many_who_ask_at_once_cost_one_request_and_afterwards_none()
    {
        var access = TestRegistry.Access(_registry.Url);
        Assert.False(access.TryGet(new SchemaKey(1), out _));

        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () => await access.GetAsync(new SchemaKey(1), _patience))));
        var cached = access.GetAsync(new SchemaKey(1), _patience);

        Assert.True(cached.IsCompletedSuccessfully);
        Assert.All(all, schema => Assert.Same(all[0], schema));
        Assert.True(access.TryGet(new SchemaKey(1), out _));
        Assert.Equal(["GET /schemas/ids/1"], _registry.Requests);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_take_the_answer_from_the_others()
    {
        var access = TestRegistry.Access(_registry.Url);
        _registry.Inject(RegistryFault.Slow(TimeSpan.FromMilliseconds(300)));
        using var impatient = new CancellationTokenSource();
        var given = access.GetAsync(new SchemaKey(1), impatient.Token).AsTask();
        var waiting = access.GetAsync(new SchemaKey(1), _patience).AsTask();
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(1, (await waiting).Id);
        Assert.Single(_registry.Requests);
    }

    [Fact]
    public async Task An_unknown_id_is_held_first_and_fatal_once_it_is_unknown_again_without_a_request_for_each()
    {
        var time = new FakeTimeProvider();
        var access = TestRegistry.Access(_registry.Url, time: time);
        var key = new SchemaKey(7);

        Assert.True((await FailAsync(access, key)).IsOutage);
        Assert.True((await FailAsync(access, key)).IsOutage);
        Assert.Single(_registry.Requests);

        time.Advance(TimeSpan.FromSeconds(5));
        var confirmed = await FailAsync(access, key);
        Assert.Equal((false, RegistryFailure.Absent, 40403), (confirmed.IsOutage, confirmed.Failure, confirmed.ErrorCode));
        for (var i = 0; i < 100; i++) Assert.False((await FailAsync(access, key)).IsOutage);
        Assert.Equal(2, _registry.Requests.Count);

        // Known to be nobody's: asked again after a while, not held again.
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False((await FailAsync(access, key)).IsOutage);
        Assert.Equal(3, _registry.Requests.Count);
    }

    [Fact]
    public async Task An_id_that_was_unknown_for_a_moment_is_read_once_it_is_there()
    {
        var time = new FakeTimeProvider();
        var access = TestRegistry.Access(_registry.Url, time: time);
        Assert.True((await FailAsync(access, new SchemaKey(2))).IsOutage);

        Assert.Equal(2, _registry.Register("late-value", "\"string\""));
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("\"string\"", (await access.GetAsync(new SchemaKey(2), _patience)).Text);
    }

    [Fact]
    public async Task What_another_has_read_between_the_look_and_the_question_is_not_asked_for_again()
    {
        var time = new HookedTime();
        var access = TestRegistry.Access(_registry.Url, time: time);
        Assert.True((await FailAsync(access, new SchemaKey(2))).IsOutage);
        _registry.Register("late-value", "\"string\"");
        time.Advance(TimeSpan.FromSeconds(5));
        var asked = _registry.Requests.Count;

        // The caller has looked and found nothing; now it looks at the time, and meanwhile another asks, is answered, and is gone.
        KnownSchema? others = null;
        time.OnNextLook(() => others = Task.Run(async () => await access.GetAsync(new SchemaKey(2), _patience)).GetAwaiter().GetResult());
        var mine = await access.GetAsync(new SchemaKey(2), _patience);

        Assert.NotNull(others);
        Assert.Same(others, mine);
        Assert.Equal(asked + 1, _registry.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Whatever_a_registry_answers_that_is_no_answer_is_an_outage_in_bounded_time_and_ends_by_itself(RegistryFault fault)
    {
        var access = TestRegistry.Access(_registry.Url, static options =>
        {
            options.RequestTimeout = TimeSpan.FromMilliseconds(500);
            options.TimeBudget = TimeSpan.FromSeconds(1);
            options.MaxResponseBytes = 64 * 1024;
        });
        _registry.Inject(fault);

        var failure = await FailAsync(access, new SchemaKey(1));
        Assert.Equal(RegistryFailure.Unavailable, failure.Failure);
        Assert.True(failure.IsOutage);

        _registry.Heal();
        Assert.Equal(1, (await access.GetAsync(new SchemaKey(1), _patience)).Id);
    }

    [Fact]
    public async Task A_registry_that_comes_back_in_time_is_asked_again_within_the_budget()
    {
        var access = TestRegistry.Access(_registry.Url);
        _registry.Inject(RegistryFault.Error(503), times: 2);

        Assert.Equal(1, (await access.GetAsync(new SchemaKey(1), _patience)).Id);
        Assert.Equal(3, _registry.Requests.Count);
    }

    [Fact]
    public async Task A_redirection_is_followed()
    {
        await using var other = await EmbeddedSchemaRegistry.StartAsync();
        other.Register("orders-value", "\"string\"");
        _registry.Inject(RegistryFault.Redirect(other.Url));

        Assert.Equal("\"string\"", (await TestRegistry.Access(_registry.Url).GetAsync(new SchemaKey(1), _patience)).Text);
    }

    [Fact]
    public async Task The_second_address_serves_where_the_first_does_not()
    {
        await using var other = await EmbeddedSchemaRegistry.StartAsync();
        other.Register("orders-value", "\"string\"");
        _registry.Inject(RegistryFault.Error(500));

        Assert.Equal("\"string\"", (await TestRegistry.Access(_registry.Url, options => options.Urls = [_registry.Url, other.Url]).GetAsync(new SchemaKey(1), _patience)).Text);
    }

    [Fact]
    public async Task An_address_where_nobody_listens_does_not_keep_the_next_from_serving()
    {
        using var nobody = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        nobody.Start();
        var closed = $"http://{nobody.LocalEndpoint}";
        nobody.Stop();

        var access = TestRegistry.Access(_registry.Url, options => options.Urls = [closed, _registry.Url]);

        Assert.Equal(1, (await access.GetAsync(new SchemaKey(1), _patience)).Id);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_asked_for_again_within_the_budget()
    {
        var access = TestRegistry.Access(_registry.Url, static options => options.RequestTimeout = TimeSpan.FromMilliseconds(500));
        _registry.Inject(RegistryFault.Slow(TimeSpan.FromMinutes(1)), times: 1);

        Assert.Equal(1, (await access.GetAsync(new SchemaKey(1), _patience)).Id);
        Assert.Equal(2, _registry.Requests.Count);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refusal_is_held_and_told_as_an_error_once_and_not_retried_at_once(int status)
    {
        var logs = new LogLines();
        var access = TestRegistry.Access(_registry.Url, logger: logs);
        _registry.Inject(RegistryFault.Error(status));

        for (var i = 1; i <= 3; i++)
        {
            var failure = await FailAsync(access, new SchemaKey(1));
            Assert.Equal((RegistryFailure.Refused, true), (failure.Failure, failure.IsOutage));
            Assert.Equal(i, _registry.Requests.Count);
        }

        _registry.Heal();
        await access.GetAsync(new SchemaKey(1), _patience);
        Assert.Equal([5001, 5002], logs.Ids);
    }

    [Fact]
    public async Task Credentials_are_sent()
    {
        _registry.Credentials = "orders:secret";
        Assert.Equal(RegistryFailure.Refused, (await FailAsync(TestRegistry.Access(_registry.Url), new SchemaKey(1))).Failure);
        var basic = TestRegistry.Access(_registry.Url, static options => (options.Username, options.Password) = ("orders", "secret"));
        Assert.Equal(1, (await basic.GetAsync(new SchemaKey(1), _patience)).Id);

        (_registry.Credentials, _registry.Token) = (null, "token");
        var bearer = TestRegistry.Access(_registry.Url, static options => options.BearerToken = "token");
        Assert.Equal(1, (await bearer.GetAsync(new SchemaKey(1), _patience)).Id);
    }

    [Fact]
    public async Task A_context_is_in_subjects_and_look_ups()
    {
        var access = TestRegistry.Access(_registry.Url, static options => options.Context = "eu");
        var schema = TestRegistry.Avro("Elsewhere", "name");

        var found = await access.FindAsync("orders-value", schema, new SchemaUse { AutoRegister = true }, _patience);

        Assert.Equal(schema.Text, (await access.GetAsync(new SchemaKey(found.Schema.Id), _patience)).Text);
        Assert.Contains("POST /subjects/%3A.eu%3Aorders-value/versions", _registry.Requests[0], StringComparison.Ordinal);
        Assert.Equal(RegistryFailure.Absent, (await FailAsync(access, new SchemaKey(1))).Failure);
    }

    [Fact]
    public async Task A_schema_is_read_by_its_GUID()
    {
        var found = await TestRegistry.Access(_registry.Url).FindAsync("orders-value", TestRegistry.Avro("Order", "name"), new SchemaUse(), _patience);

        var read = await TestRegistry.Access(_registry.Url).GetAsync(new SchemaKey(found.Schema.Guid!.Value), _patience);

        Assert.Equal(found.Schema.Text, read.Text);
    }

    [Fact]
    public async Task A_schema_is_found_by_its_metadata()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_registry.Url) };
        foreach (var (text, major) in ((string, string)[])[("int", "1"), ("long", "1"), ("double", "2")])
        {
            var body = """{"schema":"\"TEXT\"","metadata":{"properties":{"major":"MAJOR"}}}""".Replace("TEXT", text, StringComparison.Ordinal).Replace("MAJOR", major, StringComparison.Ordinal);
            (await http.PostAsync("/subjects/n-value/versions", new StringContent(body), _patience)).EnsureSuccessStatusCode();
        }

        var found = await TestRegistry.Access(_registry.Url).FindAsync(
            "n-value", new SchemaDefinition(SchemaFormat.Avro, "\"int\""), new SchemaUse { LatestWithMetadata = new Dictionary<string, string> { ["major"] = "1" } }, _patience);

        Assert.Equal("\"long\"", found.Schema.Text);
    }

    private async Task<RegistryRequestException> FailAsync(SchemaRegistryAccess access, SchemaKey key) =>
        await Assert.ThrowsAsync<RegistryRequestException>(async () => await access.GetAsync(key, _patience));
}
