using System.Diagnostics.CodeAnalysis;
using BitFaster.Caching.Lru;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// One registry, for all serializers of the host: what the client vendor's client lacks. Bounded caches that are read without a lock, one request for all who ask for the
/// same thing, retries with jitter within one budget of time, and errors that are sorted. Thread-safe.
/// </summary>
internal sealed partial class SchemaRegistryAccess
{
    private const int Healthy = -1;

    private readonly ISchemaRegistryClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _pipeline;
    private readonly ConcurrentLru<SchemaKey, KnownSchema> _known;
    private readonly ConcurrentLru<SchemaKey, UnknownSchema> _unknown;
    private readonly SingleFlight<SchemaKey, KnownSchema> _reads = new();
    private readonly SingleFlight<(string Subject, SchemaDefinition Schema, SchemaUse Use), FoundSchema> _finds = new();

    /// <summary>The failure that was last told, or <see cref="Healthy"/>.</summary>
    private int _told = Healthy;

    public SchemaRegistryAccess(string name, ISchemaRegistryClient client, SchemaRegistryOptions options, TimeProvider time, ILogger logger)
    {
        Name = name;
        Options = options;
        _client = client;
        _time = time;
        _logger = logger;
        _known = new ConcurrentLru<SchemaKey, KnownSchema>(options.MaxCachedSchemas);
        _unknown = new ConcurrentLru<SchemaKey, UnknownSchema>(options.MaxCachedSchemas);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.TimeBudget })
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is RegistryRequestException { Failure: RegistryFailure.Unavailable }),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(3),
                UseJitter = true,
            })
            .Build();
    }

    public string Name { get; }

    public SchemaRegistryOptions Options { get; }

    public TimeProvider Time => _time;

    /// <summary>A schema that was read before. Takes no lock.</summary>
    public bool TryGet(SchemaKey key, [NotNullWhen(true)] out KnownSchema? schema) => _known.TryGet(key, out schema);

    /// <summary>The schema of an id or GUID; synchronous where it was read before.</summary>
    /// <exception cref="RegistryRequestException">The registry does not know it, or can't be asked.</exception>
    public ValueTask<KnownSchema> GetAsync(SchemaKey key, CancellationToken cancellationToken)
    {
        if (_known.TryGet(key, out var schema)) return new ValueTask<KnownSchema>(schema);

        if (_unknown.TryGet(key, out var unknown) && _time.GetElapsedTime(unknown.AskedAt) < Options.UnknownTtl) throw unknown.Failure;

        return new ValueTask<KnownSchema>(_reads.RunAsync(key, this, static (key, registry) => registry.ReadAsync(key), cancellationToken));
    }

    /// <summary>The schema to write with under a subject: registered, looked up, or another version of it, as <paramref name="use"/> says.</summary>
    /// <exception cref="RegistryRequestException">There is none, or the registry can't be asked.</exception>
    public Task<FoundSchema> FindAsync(string subject, SchemaDefinition schema, SchemaUse use, CancellationToken cancellationToken) =>
        _finds.RunAsync((Qualify(subject), schema, use), this, static (asked, registry) => registry.FindAsync(asked.Subject, asked.Schema, asked.Use), cancellationToken);

    /// <summary>Whether a schema is compatible with the latest under a subject, by the subject's level.</summary>
    /// <exception cref="RegistryRequestException">The subject is not there, or the registry can't be asked.</exception>
    public async Task<bool> IsCompatibleAsync(string subject, SchemaDefinition schema, CancellationToken cancellationToken)
    {
        var qualified = Qualify(subject);
        var asked = await WithReferencesAsync(schema, new SchemaUse(), []).WaitAsync(cancellationToken).ConfigureAwait(false);
        return await AskAsync($"the compatibility of a schema with '{qualified}'", client => client.IsCompatibleAsync(qualified, asked))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A subject with the context of this registry, unless it has one of its own.</summary>
    public string Qualify(string subject) =>
        string.IsNullOrEmpty(Options.Context) || subject.StartsWith(":.", StringComparison.Ordinal) ? subject : $":.{Options.Context}:{subject}";

    /// <summary>Where a schema can be read, for <c>dataschema</c>.</summary>
    /// <param name="key">Its id or GUID.</param>
    /// <param name="subject">Under which it is: each context has ids of its own.</param>
    /// <returns>Null where only a client of the application's own knows the address.</returns>
    public string? UriOf(SchemaKey key, string subject)
    {
        if (Options.Urls is not [var first, ..]) return null;

        var url = first.Trim().TrimEnd('/');
        if (key.Guid is { } guid) return $"{url}/schemas/guids/{guid}";

        var context = ContextOf(Qualify(subject));
        return context.Length == 0 ? $"{url}/schemas/ids/{key.Id}" : $"{url}/schemas/ids/{key.Id}?subject={Uri.EscapeDataString(context)}";
    }

    /// <summary>What a subject begins with, colons included; empty where it is in the default context.</summary>
    private static string ContextOf(string subject) =>
        subject.StartsWith(":.", StringComparison.Ordinal) && subject.IndexOf(':', 2) is > 0 and var end ? subject[..(end + 1)] : "";

    private async Task<KnownSchema> ReadAsync(SchemaKey key)
    {
        // Another may have read it after this caller had looked, and before it asked.
        if (_known.TryGet(key, out var read)) return read;

        try
        {
            var schema = await AskForSchemaAsync($"the schema of {key}", client => key.Guid is { } guid
                ? client.GetSchemaByGuidAsync(guid.ToString())
                : string.IsNullOrEmpty(Options.Context) ? client.GetSchemaAsync(key.Id) : client.GetSchemaBySubjectAndIdAsync(Qualify(""), key.Id)).ConfigureAwait(false);
            var known = new KnownSchema
            {
                Id = key.Id,
                Guid = key.Guid,
                Format = FormatOf(schema),
                Text = schema.SchemaString,
                Rules = ContractRules.Of(schema),
                References = await ReadReferencesAsync(schema).ConfigureAwait(false),
            };
            _known.AddOrUpdate(key, known);
            _unknown.TryRemove(key);
            return known;
        }
        catch (RegistryRequestException failure) when (failure.Failure is RegistryFailure.Absent)
        {
            throw Remember(key, failure);
        }
    }

    /// <summary>An id that is unknown for the first time may be on its way to this registry; unknown again after a while, it is nobody's.</summary>
    private RegistryRequestException Remember(SchemaKey key, RegistryRequestException failure)
    {
        var isConfirmed = _unknown.TryGet(key, out _);
        var told = isConfirmed
            ? failure
            : new RegistryRequestException(
                $"{failure.Message} It may have been registered just now elsewhere, so it is asked for again in {Options.UnknownTtl.TotalSeconds:0.###} s.",
                failure.Failure, failure.ErrorCode, failure.InnerException, mayYetCome: true);
        _unknown.AddOrUpdate(key, new UnknownSchema(_time.GetTimestamp(), told, isConfirmed));
        return told;
    }

    /// <summary>Asks until there is an answer, within the budget of time.</summary>
    /// <remarks>
    /// The client keeps what it asked for as the task that asks: one that was cancelled by a timeout, or has brought an answer without a schema, would be given again for ever. So whatever
    /// it keeps is dropped at each outage; what is known is kept here.
    /// </remarks>
    private async Task<TAnswer> AskAsync<TAnswer>(string wanted, Func<ISchemaRegistryClient, Task<TAnswer>> ask)
    {
        RegistryRequestException? last = null;
        try
        {
            var answer = await _pipeline.ExecuteAsync(
                async cancellationToken =>
                {
                    try
                    {
                        // The client takes no token, and was seen to let requests run past the timeout that it is given: what is given up goes on until it ends by itself.
                        return await ask(_client).WaitAsync(Options.RequestTimeout, _time, cancellationToken).ConfigureAwait(false);
                    }
                    catch (Exception thrown) when (thrown is not OutOfMemoryException && !(thrown is OperationCanceledException && cancellationToken.IsCancellationRequested))
                    {
                        last = RegistryErrors.Of(Name, wanted, thrown);
                        if (last.Failure is RegistryFailure.Unavailable) _client.ClearCaches();
                        throw last;
                    }
                },
                CancellationToken.None).ConfigureAwait(false);
            Note(null);
            return answer;
        }
        catch (TimeoutRejectedException rejected)
        {
            last ??= RegistryErrors.Of(Name, wanted, new TimeoutException(null, rejected));
            _client.ClearCaches();
            Note(last);
            throw last;
        }
        catch (RegistryRequestException failure)
        {
            Note(failure);
            throw;
        }
    }

    /// <summary>Tells each change of state once.</summary>
    private void Note(RegistryRequestException? failure)
    {
        var now = failure is { IsOutage: true } ? (int)failure.Failure : Healthy;
        if (Interlocked.Exchange(ref _told, now) == now) return;

        if (failure is null || now == Healthy) LogAnswers(Name);
        else if (failure.Failure is RegistryFailure.Refused) LogRefused(Name, failure.Message);
        else LogUnavailable(Name, failure.Message);
    }

    [LoggerMessage(5000, LogLevel.Warning, "Schema registry '{Registry}' can't be used: {Problem} Events that need it are held until it answers; no attempt is counted.")]
    private partial void LogUnavailable(string registry, string problem);

    [LoggerMessage(5001, LogLevel.Error, "Schema registry '{Registry}' refuses this application: {Problem} Events that need it are held until someone gives it the right, or mends its credentials.")]
    private partial void LogRefused(string registry, string problem);

    [LoggerMessage(5002, LogLevel.Information, "Schema registry '{Registry}' answers.")]
    private partial void LogAnswers(string registry);
}
