using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Broker.Tests.Parking;

/// <summary>The parked logs of a consumer as the engine has them, in a host as an application registers it; the consumer itself does not run.</summary>
internal sealed class ParkedService : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly IHost _host;

    /// <param name="bootstrapServers">The brokers.</param>
    /// <param name="topic">The parked topic.</param>
    /// <param name="settings">Configuration under <c>Kafka</c>.</param>
    public ParkedService(string bootstrapServers, string topic, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "parked" });
        builder.Configuration.AddInMemoryCollection([
            new("Kafka:BootstrapServers", bootstrapServers),
            // A client that has met no broker looks again soon.
            new("Kafka:Client:reconnect.backoff.max.ms", "200"),
            .. (settings ?? new Dictionary<string, string?>()).Select(static setting => KeyValuePair.Create($"Kafka:{setting.Key}", setting.Value)),
        ]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventConsumer("orders", "inventory", static c => c.Handle(static (string _, CancellationToken _) => Task.CompletedTask));
        _host = builder.Build();
        var consumer = _host.Services.GetRequiredService<ConsumerSettingsComposer>().Compose(_host.Services.GetServices<ConsumerRegistration>().Single(), [])!;
        Logs = _host.Services.GetRequiredService<ParkedLogs>().For(consumer, NullLogger.Instance, _ => topic);
    }

    public IParkedLogs Logs { get; }

    public IParkedLog Open(int partition = 0) => Logs.Open(new PartitionId("orders", partition));

    /// <summary>A parked entry that says its number, with a value that no compression makes smaller.</summary>
    public static ParkedEntry Entry(int number, int size = 10) => new()
    {
        Kind = ParkedEntryKind.Parked,
        Id = new EntryId(0, number),
        Key = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
        Value = RandomNumberGenerator.GetBytes(size),
        OriginalPartition = new PartitionId("orders", 0),
        OriginalOffset = number,
    };

    /// <summary>Entries with the numbers from one on.</summary>
    public static ParkedEntry[] Entries(int from, int count, int size = 10) => [.. Enumerable.Range(from, count).Select(number => Entry(number, size))];

    /// <summary>Reads until a number of records has come.</summary>
    public static async Task<List<ParkedLogRecord>> ReadAsync(IParkedLog log, long from, int count, ParkedLogCursor cursor = ParkedLogCursor.Tail)
    {
        var records = new List<ParkedLogRecord>();
        while (records.Count < count)
        {
            var read = await log.ReadAsync(cursor, from, 100_000, Timeout.InfiniteTimeSpan, CancellationToken.None).WaitAsync(Patience);
            Assert.True(read.LogStart <= from, $"The log starts at {read.LogStart}, and {from} was asked for.");
            records.AddRange(read.Records);
            from = read.Next;
        }

        return records;
    }

    /// <summary>Does what the engine does: tries again what fails, until it succeeds.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> attempt)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await attempt().WaitAsync(limit.Token);
            }
            catch (ParkedLogException)
            {
                limit.Token.ThrowIfCancellationRequested();
            }
        }
    }

    public static Task UntilAppendedAsync(IParkedLog log, params ParkedEntry[] entries) => UntilAsync(async () =>
    {
        await log.AppendAsync(entries, CancellationToken.None);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await Logs.DisposeAsync();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }
}
