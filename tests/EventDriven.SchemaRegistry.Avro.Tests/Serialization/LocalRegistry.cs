using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Avro.Tests.Serialization;

/// <summary>As much of a schema registry as writing and reading takes, over HTTP: ids by text, no compatibility.</summary>
internal sealed class LocalRegistry : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Task _serving;

    public LocalRegistry()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    /// <summary>How it answers instead, while it is set.</summary>
    public HttpStatusCode? Fails { get; set; }

    public int Add(string schema) => _ids.GetOrAdd(schema, _ => _ids.Count + 1);

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait();
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var (status, answer) = Answer(context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync());
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()));
            context.Response.Close();
        }
    }

    private (int Status, JsonObject Answer) Answer(string path, string body)
    {
        if (Fails is { } status) return ((int)status, new() { ["error_code"] = (int)status, ["message"] = "not now" });

        if (path.StartsWith("/subjects/", StringComparison.Ordinal))
        {
            var subject = path.Split('/')[2];
            var schema = JsonNode.Parse(body)!["schema"]!.GetValue<string>();
            return (200, new() { ["subject"] = subject, ["id"] = Add(schema), ["version"] = 1, ["schema"] = schema });
        }

        var id = int.TryParse(path.Split('/')[^1], out var asked) ? asked : 0;
        return _ids.FirstOrDefault(entry => entry.Value == id).Key is { } text
            ? (200, new() { ["schema"] = text, ["id"] = id })
            : (404, new() { ["error_code"] = 40403, ["message"] = "Schema not found" });
    }
}
