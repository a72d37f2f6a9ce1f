using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Pipeline;

/// <summary>A pipeline built as the host builds it, with records fed by hand.</summary>
internal sealed class PipelineBench : IAsyncDisposable
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private readonly EventConsumerBuilder _builder = new();
    private readonly ServiceCollection _services = new();
    private readonly EventConsumerOptions _options = new() { Group = "billing" };
    private ServiceProvider? _root;
    private IEventPipeline? _pipeline;
    private long _offset = 42;

    public PipelineBench(
        Action<EventConsumerBuilder> configure, Action<IServiceCollection>? services = null, Action<EventConsumerOptions>? options = null)
    {
        configure(_builder);
        _services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        _services.AddMetrics();
        _services.AddSingleton<Instruments>();
        _services.AddSingleton(new EventDriven.Kafka.Failures.HeldEvents(Time));
        _builder.Pipeline.AddServices(_services);
        services?.Invoke(_services);
        options?.Invoke(_options);
    }

    public FakeTimeProvider Time { get; } = new();

    public RecordingLogs Logs { get; } = new();

    public EventDriven.Kafka.Failures.HeldEvents Held => Root.GetRequiredService<EventDriven.Kafka.Failures.HeldEvents>();

    /// <summary>The key of the records to come.</summary>
    public byte[]? Key { get; set; } = "k"u8.ToArray();

    public CancellationTokenSource Draining { get; } = new();

    public CancellationTokenSource Cancelled { get; } = new();

    public ProcessingTokens Tokens => new(Draining.Token, Cancelled.Token);

    public ServiceProvider Root => _root ??= _services.BuildServiceProvider(validateScopes: true);

    public IEventPipeline Pipeline => _pipeline ??= _builder.Pipeline.Build(
        Root, new ConsumerSettings { Name = "billing", Cluster = "Kafka", Options = _options, CreateClientConfig = () => new ConsumerConfig() }, Time);

    public List<string> Check()
    {
        var errors = new List<ConfigurationError>();
        _builder.Pipeline.Check(Root, "consumer 'billing'", errors);
        return errors.ConvertAll(error => error.ToString());
    }

    public Task<ProcessingResult> ProcessAsync(string? value, Headers? headers = null) =>
        ProcessAsync(value is null ? null : Encoding.UTF8.GetBytes(value), headers);

    public Task<ProcessingResult> ProcessAsync(byte[]? value, Headers? headers = null) => Pipeline.ProcessAsync(Record(value, headers), Tokens).AsTask();

    public ConsumedRecord Record(byte[]? value, Headers? headers = null) => new()
    {
        Topic = "orders", Partition = 3, Offset = _offset++, TimestampMs = 1_700_000_000_000, Key = Key, Value = value, Headers = headers,
    };

    /// <summary>Lets the delays between attempts pass until the work is done.</summary>
    public async Task<T> RunThroughDelaysAsync<T>(Task<T> work)
    {
        var spent = System.Diagnostics.Stopwatch.StartNew();
        while (!work.IsCompleted && spent.Elapsed < Generous)
        {
            Time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        return await work.WaitAsync(Generous);
    }

    public static Headers TypeHeader(string? type) => new() { { "ce_type", type is null ? null : Encoding.UTF8.GetBytes(type) } };

    public async ValueTask DisposeAsync()
    {
        if (_root is not null)
        {
            await _root.DisposeAsync();
        }

        Draining.Dispose();
        Cancelled.Dispose();
    }
}
