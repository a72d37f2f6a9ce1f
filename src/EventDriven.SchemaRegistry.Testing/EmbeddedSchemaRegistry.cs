using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>
/// A schema registry in the test process: the registry's REST API over real HTTP on a free port of the loopback address, in memory. It judges the compatibility of Avro, JSON
/// and Protobuf schemas. Thread-safe.
/// </summary>
public sealed class EmbeddedSchemaRegistry : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RegistryStore _store = new();
    private readonly RegistryApi _api;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Lock _gate = new();
    private RegistryFault? _fault;
    private int _faultsLeft;

    private EmbeddedSchemaRegistry(TimeProvider time)
    {
        _time = time;
        _api = new RegistryApi(_store);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Its address, such as <c>http://127.0.0.1:40123</c>.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What was asked for so far, in order: method, path and query, such as <c>GET /schemas/ids/1</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Basic authentication that is asked for, as <c>user:password</c>; or null. Set it before it is used.</summary>
    public string? Credentials { get; set; }

    /// <summary>A bearer token that is asked for; or null. Set it before it is used.</summary>
    public string? Token { get; set; }

    /// <summary>Starts one.</summary>
    /// <param name="timeProvider">The time of faults that delay; the system's where it is null.</param>
    /// <returns>It, answering.</returns>
    public static async Task<EmbeddedSchemaRegistry> StartAsync(TimeProvider? timeProvider = null)
    {
        var registry = new EmbeddedSchemaRegistry(timeProvider ?? TimeProvider.System);
        await registry._application.StartAsync().ConfigureAwait(false);
        registry.Url = registry._application.Urls.Single();
        return registry;
    }

    /// <summary>From now on, requests meet a fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="times">How many requests; all until <see cref="Heal"/> where it is null.</param>
    public void Inject(RegistryFault fault, int? times = null)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_gate)
        {
            _fault = fault;
            _faultsLeft = times ?? int.MaxValue;
        }
    }

    /// <summary>From now on, requests are answered.</summary>
    public void Heal()
    {
        lock (_gate) _fault = null;
    }

    /// <summary>Registers a schema, as another application would.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="schema">The text of the schema.</param>
    /// <param name="schemaType"><c>AVRO</c>, <c>JSON</c> or <c>PROTOBUF</c>.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="InvalidOperationException">It is invalid, or not compatible with those that are there.</exception>
    public int Register(string subject, string schema, string schemaType = "AVRO")
    {
        try
        {
            return (int)_api.Answer("POST", ["subjects", subject, "versions"], new Dictionary<string, string[]>(), new JsonObject { ["schema"] = schema, ["schemaType"] = schemaType })["id"]!;
        }
        catch (RegistryError refused)
        {
            throw new InvalidOperationException(refused.Message, refused);
        }
    }

    /// <summary>Sets the level of compatibility.</summary>
    /// <param name="level">Such as <c>BACKWARD</c>, which is the default, or <c>NONE</c>.</param>
    /// <param name="subject">The subject; all that have none of their own where it is null.</param>
    /// <exception cref="ArgumentException">There is no such level.</exception>
    public void SetCompatibility(string level, string? subject = null)
    {
        try
        {
            _store.SetLevel(subject, level);
        }
        catch (RegistryError refused)
        {
            throw new ArgumentException(refused.Message, nameof(level), refused);
        }
    }

    /// <summary>Ends it, also requests that it does not answer.</summary>
    /// <returns>When it is ended.</returns>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(now.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        _requests.Enqueue($"{context.Request.Method} {target}");
        if (TakeFault() is { } fault && await FailAsync(fault, context, target).ConfigureAwait(false)) return;

        if (!IsAllowed(context))
        {
            await WriteAsync(context, 401, RegistryApi.Describe(new RegistryError(401, 40101, "User cannot access the resource."))).ConfigureAwait(false);
            return;
        }

        try
        {
            var path = target.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
            var query = context.Request.Query.ToDictionary(static pair => pair.Key, static pair => pair.Value.Select(static value => value ?? "").ToArray(), StringComparer.Ordinal);
            var body = context.Request.Method is "POST" or "PUT" ? await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted).ConfigureAwait(false) : null;
            await WriteAsync(context, 200, _api.Answer(context.Request.Method, [.. path.Select(Uri.UnescapeDataString)], query, body)).ConfigureAwait(false);
        }
        catch (RegistryError error)
        {
            await WriteAsync(context, error.Status, RegistryApi.Describe(error)).ConfigureAwait(false);
        }
        catch (JsonException refused)
        {
            await WriteAsync(context, 400, RegistryApi.Describe(new RegistryError(400, 400, refused.Message))).ConfigureAwait(false);
        }
    }

    private RegistryFault? TakeFault()
    {
        lock (_gate)
        {
            var fault = _fault;
            if (fault is not null && --_faultsLeft <= 0) _fault = null;
            return fault;
        }
    }

    /// <returns>Whether that was all.</returns>
    private async Task<bool> FailAsync(RegistryFault fault, HttpContext context, string target)
    {
        if (fault == RegistryFault.Unreachable)
        {
            context.Abort();
            return true;
        }

        if (fault == RegistryFault.Silence)
        {
            var ended = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(ended.SetResult).ConfigureAwait(false);
            await ended.Task.ConfigureAwait(false);
            return true;
        }

        if (fault.OnlyDelays)
        {
            await Task.Delay(fault.Delay, _time, context.RequestAborted).ConfigureAwait(false);
            return false;
        }

        context.Response.StatusCode = fault.Status;
        context.Response.ContentType = fault.ContentType;
        if (fault.RetryAfter is { } retryAfter) context.Response.Headers.RetryAfter = retryAfter;
        if (fault.Location is { } location) context.Response.Headers.Location = $"{(location.Length == 0 ? Url : location.TrimEnd('/'))}{target}";
        await context.Response.WriteAsync(fault.Body, context.RequestAborted).ConfigureAwait(false);
        if (fault == RegistryFault.EndlessBody) await WriteForeverAsync(context).ConfigureAwait(false);
        return true;
    }

    private static async Task WriteForeverAsync(HttpContext context)
    {
        var more = Encoding.UTF8.GetBytes(new string('x', 64 * 1024));
        try
        {
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(more, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has had enough.
        }
    }

    private bool IsAllowed(HttpContext context)
    {
        var wanted = Credentials is { } credentials ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}" : Token is { } token ? $"Bearer {token}" : null;
        return wanted is null || context.Request.Headers.Authorization.ToString() == wanted;
    }

    private static Task WriteAsync(HttpContext context, int status, JsonNode answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }
}
