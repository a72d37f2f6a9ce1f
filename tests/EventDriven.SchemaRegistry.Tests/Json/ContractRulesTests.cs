using System.Text;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Schemas whose data contract has rules, which are not run: what is written must not be in plain text where a rule would encrypt it.</summary>
public sealed class ContractRulesTests
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Theory]
    [InlineData("domainRules", "WRITEREAD", true, true)]
    [InlineData("domainRules", "WRITE", true, false)]
    [InlineData("domainRules", "READ", false, true)]
    [InlineData("encodingRules", "WRITEREAD", true, true)]
    [InlineData("migrationRules", "UPGRADE", false, false)]
    public async Task A_rule_is_refused_where_it_would_have_to_be_run(string kind, string mode, bool onWrite, bool onRead)
    {
        await using var bench = await JsonBench.StartAsync();
        await RegisterAsync(bench, kind, mode);
        var serializer = bench.Serializer<Order>(static options => (options.AutoRegister, options.UseLatestVersion, options.LatestCompatibilityStrict) = (false, true, false));
        byte[] bytes = [0, 0, 0, 0, 1, .. Encoding.UTF8.GetBytes("""{"id":"A1","amount":7}""")];

        var atStart = await ((IEventSerializerCheck)serializer).CheckAsync("orders", EventComponent.Value, _patience);
        var written = await Record.ExceptionAsync(async () => await serializer.SerializeAsync(new Order("A1", 7), JsonBench.Context(), _patience));
        var read = await Record.ExceptionAsync(async () => await serializer.DeserializeAsync(bytes, JsonBench.Context(), _patience));

        Assert.Equal(onWrite, atStart is not null);
        AssertRefused(onWrite, written);
        AssertRefused(onRead, read);
    }

    [Fact]
    public async Task A_rule_that_is_disabled_is_none()
    {
        await using var bench = await JsonBench.StartAsync();
        await RegisterAsync(bench, "domainRules", "WRITEREAD", "true");
        var serializer = bench.Serializer<Order>(static options => (options.AutoRegister, options.UseLatestVersion, options.LatestCompatibilityStrict) = (false, true, false));

        var bytes = await serializer.SerializeAsync(new Order("A1", 7), JsonBench.Context(), _patience);

        Assert.Equal(new Order("A1", 7), await serializer.DeserializeAsync(bytes, JsonBench.Context(), _patience));
    }

    private static void AssertRefused(bool isRefused, Exception? exception)
    {
        if (!isRefused)
        {
            Assert.Null(exception);
            return;
        }

        var error = Assert.IsType<EventSerializationException>(exception);
        Assert.Contains("the rule 'encryptPII' of type ENCRYPT", error.Message, StringComparison.Ordinal);
    }

    private async Task RegisterAsync(JsonBench bench, string kind, string mode, string disabled = "false")
    {
        const string Body = """{"schemaType":"JSON","schema":"{\"title\":\"Order\"}","ruleSet":{"KIND":[{"name":"encryptPII","kind":"TRANSFORM","mode":"MODE","type":"ENCRYPT","tags":["PII"],"disabled":DISABLED}]}}""";
        using var http = new HttpClient();
        using var content = new StringContent(
            Body.Replace("KIND", kind, StringComparison.Ordinal).Replace("MODE", mode, StringComparison.Ordinal).Replace("DISABLED", disabled, StringComparison.Ordinal),
            Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        using var answer = await http.PostAsync(new Uri($"{bench.Registry.Url}/subjects/orders-value/versions"), content, _patience);
        answer.EnsureSuccessStatusCode();
    }
}
