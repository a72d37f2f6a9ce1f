using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.SchemaRegistry;
using EventDriven.Interop.Tests.Events;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry;
using EventDriven.Testing;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using HostingEnvironments = Microsoft.Extensions.Hosting.Environments;

namespace EventDriven.Interop.Tests.Hosting;

/// <summary>Whole services on the embedded Kafka, in each format. The same tests run against the embedded registry and one that others wrote.</summary>
public abstract class HostContract : IAsyncLifetime
{
    private const string Group = "inventory";

    private readonly CancellationToken _patience = new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly ConcurrentQueue<object> _handled = new();

    /// <summary>Of its own for each test: the registry of others keeps what earlier tests registered.</summary>
    private readonly string _topic = $"pings-{Guid.NewGuid():N}";

    private string Subject => $"{_topic}-value";

    protected abstract string Url { get; }

    public virtual ValueTask InitializeAsync()
    {
        _kafka.CreateTopic(_topic, 1);
        return ValueTask.CompletedTask;
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _kafka.DisposeAsync();
    }

    [Theory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    [InlineData("PROTOBUF")]
    public Task An_event_goes_through_with_its_key_each_by_a_schema_of_its_own(string format) => format == "PROTOBUF"
        ? GoesThroughAsync(format, new Protos.Ping { Id = "p-1", Count = 3 }, new Protos.PingKey { Id = "p-1" }, SchemaIdLocation.Prefix)
        : GoesThroughAsync(format, new Ping("p-1", 3), new PingKey("p-1"), SchemaIdLocation.Prefix);

    [Theory]
    [InlineData("AVRO", SubjectNaming.Record, SubjectNaming.TopicRecord)]
    [InlineData("JSON", SubjectNaming.Record, SubjectNaming.TopicRecord)]
    [InlineData("PROTOBUF", SubjectNaming.Record, SubjectNaming.TopicRecord)]
    [InlineData("PROTOBUF", SubjectNaming.Topic, SubjectNaming.Topic)]
    public Task Several_types_on_one_topic_go_to_their_handlers_by_the_names_of_their_schemas(string format, SubjectNaming naming, SubjectNaming others) => format == "PROTOBUF"
        ? DispatchAsync(format, naming, others, new Protos.Ping { Id = "p-1", Count = 3 }, new Protos.Pong { Id = "p-1" }, new Protos.PingKey { Id = "p-1" })
        : DispatchAsync(format, naming, others, new Ping("p-1", 3), new Pong("p-1"), new PingKey("p-1"));

    [Theory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    [InlineData("PROTOBUF")]
    public async Task Outside_Development_a_type_that_is_not_registered_is_told_at_start_with_the_registrys_reason(string format)
    {
        using var host = Build(Producer(format), HostingEnvironments.Production);

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_patience));

        var (code, reason) = await RefusalAsync($"subjects/{Subject}", host);
        Assert.Equal(40401, code);
        Assert.Contains($"producer '{_topic}', Serializer: A {TypeOf(format)} can't be written as the value of a record of topic '{_topic}': ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"asked for the schema under '{Subject}': {reason} ({code}) Register it before its producer is deployed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    public Task A_change_that_its_subject_does_not_take_is_told_at_start_with_the_registrys_reason(string format) => RefuseAsync(format);

    [Theory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    [InlineData("PROTOBUF")]
    public async Task What_was_registered_in_Development_is_written_by_elsewhere_and_not_registered_again(string format)
    {
        using (var development = await StartAsync(Producer(format), HostingEnvironments.Development))
        {
            await development.StopAsync(_patience);
        }

        using var client = Client();
        var registered = await client.GetLatestSchemaAsync(Subject);
        using var production = await StartAsync(Producer(format), HostingEnvironments.Production);
        if (format == "PROTOBUF") await ProduceAsync(production, new Protos.Ping { Id = "p-1", Count = 3 });
        else await ProduceAsync(production, new Ping("p-1", 3));

        Assert.Equal([1], await client.GetSubjectVersionsAsync(Subject));
        Assert.Equal(registered.Id, IdOf((await ProducedAsync(production)).Value));
        await production.StopAsync(_patience);
    }

    private protected async Task GoesThroughAsync<TEvent, TKey>(string format, TEvent sent, TKey key, SchemaIdLocation location)
        where TEvent : notnull
        where TKey : notnull
    {
        (string? ContentType, string? DataSchema) told = default;
        void Locate(SchemaSerializationOptions options) => options.SchemaIdLocation = location;
        using var host = await StartAsync(
            services =>
            {
                services.AddEventProducer<TEvent>(_topic, p => p.KeyedBy(_ => key).Key<TKey>(k => k.UseFormat(format, Locate)).UseFormat(format, Locate));
                services.AddEventConsumer(_topic, Group, c => c.Key<TKey>(k => k.UseFormat(format)).UseFormat(format).Handle((TEvent received, EventContext context, CancellationToken _) =>
                {
                    told = (context.Headers.GetText("content-type"), context.Headers.GetText("ce_dataschema"));
                    return Note((received, context.GetKey<TKey>()));
                }));
            },
            HostingEnvironments.Development);

        await ProduceAsync(host, sent);
        await host.Services.WaitUntilHandledAsync(Group, 1, _patience);

        Assert.Equal([(sent, key)], _handled);
        var record = await ProducedAsync(host);
        var (keySchema, valueSchema) = (await LookUpAsync(host, EventComponent.Key), await LookUpAsync(host, EventComponent.Value));
        Assert.Equal(($"application/{format.ToLowerInvariant()}", $"{Url}/schemas/ids/{valueSchema.Id}"), told);
        if (location is SchemaIdLocation.Prefix)
        {
            Assert.Equal((keySchema.Id, valueSchema.Id), (IdOf(record.Key), IdOf(record.Value)));
        }
        else
        {
            Assert.Equal((keySchema.Guid, valueSchema.Guid), (GuidOf(record, "__key_schema_id"), GuidOf(record, "__value_schema_id")));
        }

        await host.StopAsync(_patience);
    }

    private protected async Task RefuseAsync(string format)
    {
        await AskAsync(HttpMethod.Post, $"subjects/{Subject}/versions", new JsonObject { ["schema"] = WithAnotherCount(format), ["schemaType"] = format });
        await AskAsync(HttpMethod.Put, $"config/{Subject}", new JsonObject { ["compatibility"] = "BACKWARD" });
        using var registering = Build(Producer(format), HostingEnvironments.Development);
        using var lookingUp = Build(Producer(format), HostingEnvironments.Production);

        var refused = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => registering.StartAsync(_patience));
        var missing = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => lookingUp.StartAsync(_patience));

        var (code, reason) = await RefusalAsync($"subjects/{Subject}/versions", registering);
        Assert.Equal(409, code);
        Assert.Contains($"asked for registering a schema under '{Subject}': {reason}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"It is not compatible with the latest version under '{Subject}', so it can't be registered as it is.", missing.Message, StringComparison.Ordinal);
    }

    private async Task DispatchAsync<TFirst, TSecond, TOther>(string format, SubjectNaming naming, SubjectNaming others, TFirst first, TSecond second, TOther other)
        where TFirst : notnull
        where TSecond : notnull
        where TOther : notnull
    {
        using var host = await StartAsync(
            services =>
            {
                services.AddEventProducer<TFirst>(_topic, p => p.WithoutCloudEvents().UseFormat(format, options => options.SubjectNaming = naming));
                services.AddEventProducer<TSecond>(_topic, p => p.Named("second").WithoutCloudEvents().UseFormat(format, options => options.SubjectNaming = others));
                services.AddEventProducer<TOther>(_topic, p => p.Named("other").WithoutCloudEvents().UseFormat(format, options => options.SubjectNaming = others));
                services.AddEventConsumer(_topic, Group, c => c
                    .UseFormat(format)
                    .FilterUnknown(NameOf(other, format))
                    .Handle((TFirst received, CancellationToken _) => Note(received))
                    .Handle((TSecond received, CancellationToken _) => Note(received)));
            },
            HostingEnvironments.Development);

        await ProduceAsync(host, second);
        await ProduceAsync(host, other);
        await ProduceAsync(host, first);
        await host.Services.WaitUntilCaughtUpAsync(Group, _patience);

        Assert.Equal([second, first], _handled);
        using var client = Client();
        string[] subjects = [SubjectOf(naming, NameOf(first, format)), SubjectOf(others, NameOf(second, format)), SubjectOf(others, NameOf(other, format))];
        Assert.Subset(new HashSet<string>(await client.GetAllSubjectsAsync()), new HashSet<string>(subjects));
        await host.StopAsync(_patience);
    }

    private string SubjectOf(SubjectNaming naming, string name) => naming switch
    {
        SubjectNaming.Record => name,
        SubjectNaming.TopicRecord => $"{_topic}-{name}",
        _ => Subject,
    };

    /// <summary>What other clients call the events of a type.</summary>
    private static string NameOf(object value, string format) => value is IMessage message ? message.Descriptor.FullName : format == "JSON" ? value.GetType().Name : value.GetType().FullName!;

    private static Type TypeOf(string format) => format == "PROTOBUF" ? typeof(Protos.Ping) : typeof(Ping);

    /// <summary>An older version of <see cref="Ping"/>, whose count is a text.</summary>
    private static string WithAnotherCount(string format) => format switch
    {
        "AVRO" => """{"type":"record","name":"Ping","namespace":"EventDriven.Interop.Tests.Events","fields":[{"name":"id","type":"string"},{"name":"count","type":"string"}]}""",
        "JSON" => """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Ping","type":"object","properties":{"id":{"type":"string"},"count":{"type":"string"}}}""",
        _ => "syntax = \"proto3\";\npackage interop;\n\nmessage Ping {\n  string id = 2;\n  string count = 3;\n}\n",
    };

    private Action<IServiceCollection> Producer(string format) => format == "PROTOBUF"
        ? services => services.AddEventProducer<Protos.Ping>(_topic, p => p.UseFormat(format))
        : services => services.AddEventProducer<Ping>(_topic, p => p.UseFormat(format));

    private ValueTask Note(object handled)
    {
        _handled.Enqueue(handled);
        return ValueTask.CompletedTask;
    }

    private async Task ProduceAsync<T>(IHost host, T value) => await host.Services.GetRequiredService<IEventProducer<T>>().ProduceAsync(value, cancellationToken: _patience);

    private async Task<IHost> StartAsync(Action<IServiceCollection> register, string environment)
    {
        var host = Build(register, environment);
        await host.StartAsync(_patience);
        return host;
    }

    private IHost Build(Action<IServiceCollection> register, string environment)
    {
        var url = Url;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Services.AddEventDriven("Kafka", static options => options.WhenUnreachable = UnreachableAction.StopHost);
        builder.Services.AddSchemaRegistry("SchemaRegistry", options =>
        {
            options.Urls = [url];
            (options.RequestTimeout, options.TimeBudget) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40));
        });
        register(builder.Services);
        builder.Services.AddEventRecorder();
        builder.Services.UseEmbeddedKafka(_kafka);
        return builder.Build();
    }

    private CachedSchemaRegistryClient Client() => new(new SchemaRegistryConfig { Url = Url, RequestTimeoutMs = 20_000 });

    private async Task<ProducedEvent> ProducedAsync(IHost host) => Assert.Single(await host.Services.GetRequiredService<EventRecorder>().ProducedAsync(_topic, _patience));

    private static int IdOf(ReadOnlyMemory<byte>? framed) => BinaryPrimitives.ReadInt32BigEndian(framed!.Value.Span[1..]);

    private static string? GuidOf(ProducedEvent record, string header) =>
        record.Headers.TryGetLast(header, out var found) ? new Guid(found.Value!.Value.Span[1..17], bigEndian: true).ToString() : null;

    /// <summary>What the registry has under the subject of a key or value, asked for by the schema that the host says that it writes.</summary>
    private async Task<RegisteredSchema> LookUpAsync(IHost host, EventComponent component)
    {
        var schema = Assert.Single(host.Services.GetEventContracts(), contract => contract.IsProduced && contract.Component == component).Schema;
        using var client = Client();
        return await client.LookupSchemaAsync(
            $"{_topic}-{(component is EventComponent.Key ? "key" : "value")}", new Schema(schema.Text, [], Enum.Parse<SchemaType>(schema.Format, ignoreCase: true)), ignoreDeletedSchemas: true, normalize: false);
    }

    /// <summary>The registry's own words about the schema that a producer writes by.</summary>
    private async Task<(int Code, string Reason)> RefusalAsync(string path, IHost host)
    {
        var schema = Assert.Single(host.Services.GetEventContracts()).Schema;
        var answer = await AskAsync(HttpMethod.Post, path, new JsonObject { ["schema"] = schema.Text, ["schemaType"] = schema.Format });
        return ((int)answer["error_code"]!, (string)answer["message"]!);
    }

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonObject body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        using var request = new HttpRequestMessage(method, $"{Url}/{path}") { Content = content };
        using var response = await http.SendAsync(request, _patience);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(_patience))!;
    }
}
