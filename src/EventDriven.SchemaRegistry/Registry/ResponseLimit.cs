using System.Reflection;
using Confluent.SchemaRegistry;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// Bounds what an answer may take of memory: the client reads answers whole, up to 2 GiB, and has no setting for it. Where a later version keeps its HTTP clients
/// elsewhere, nothing is bounded but the time, and a test says so.
/// </summary>
internal static class ResponseLimit
{
    /// <returns>Whether the limit is in force.</returns>
    public static bool TryApply(ISchemaRegistryClient client, long bytes)
    {
        if (client is not CachedSchemaRegistryClient cached) return false;

        const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;
        if (typeof(CachedSchemaRegistryClient).GetField("restService", Private)?.GetValue(cached) is not RestService service
            || typeof(RestService).GetField("clients", Private)?.GetValue(service) is not List<HttpClient> clients)
        {
            return false;
        }

        foreach (var http in clients) http.MaxResponseContentBufferSize = bytes;
        return true;
    }
}
