using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.Interop.Tests.Peers;

/// <summary>A client that others wrote, in a process of its own. One request at a time; thread-safe.</summary>
public sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);

    public Peer(ProcessStartInfo program)
    {
        program.RedirectStandardInput = program.RedirectStandardOutput = true;
        _process = Process.Start(program)!;
    }

    /// <summary>What the client reads from a key or value.</summary>
    public async Task<JsonNode> ReadAsync(PeerAddress address, PeerRecord record)
    {
        var request = Request("read", address);
        request["data"] = Convert.ToBase64String(record.Data);
        request["headers"] = new JsonObject(record.Headers.Select(static header => KeyValuePair.Create(header.Key, (JsonNode?)Convert.ToBase64String(header.Value))));
        return (await AskAsync(request))["event"]!;
    }

    /// <summary>What the client writes of an event, by the latest schema.</summary>
    /// <param name="address">Where.</param>
    /// <param name="event">The event.</param>
    /// <param name="header">Whether the id goes into a header.</param>
    /// <param name="register">Whether the client registers a schema of its own instead.</param>
    public async Task<PeerRecord> WriteAsync(PeerAddress address, JsonNode @event, bool header, bool register = false)
    {
        var request = Request("write", address);
        request["event"] = @event.DeepClone();
        (request["header"], request["register"]) = (header, register);
        var answer = await AskAsync(request);
        return new PeerRecord(
            Convert.FromBase64String((string)answer["data"]!),
            answer["headers"]!.AsObject().ToDictionary(static sent => sent.Key, static sent => Convert.FromBase64String((string)sent.Value!)));
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using (var limit = new CancellationTokenSource(Patience))
        {
            await _process.WaitForExitAsync(limit.Token);
        }

        _process.Dispose();
        _turn.Dispose();
    }

    private static JsonObject Request(string action, PeerAddress address) => new()
    {
        ["action"] = action,
        ["registry"] = address.Registry,
        ["format"] = address.Format,
        ["topic"] = address.Topic,
        ["component"] = address.Component.ToString(),
        ["message"] = address.Message?.Name,
        ["files"] = new JsonArray([.. (address.Message?.Files ?? []).Select(static file => (JsonNode)file)]),
    };

    private async Task<JsonNode> AskAsync(JsonObject request)
    {
        using var limit = new CancellationTokenSource(Patience);
        await _turn.WaitAsync(limit.Token);
        try
        {
            await _process.StandardInput.WriteLineAsync(request.ToJsonString().AsMemory(), limit.Token);
            await _process.StandardInput.FlushAsync(limit.Token);
            var line = await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The client has ended.");
            var answer = JsonNode.Parse(line)!;
            return answer["problem"] is { } problem ? throw new JsonException($"The client says: {problem}") : answer;
        }
        finally
        {
            _turn.Release();
        }
    }
}
