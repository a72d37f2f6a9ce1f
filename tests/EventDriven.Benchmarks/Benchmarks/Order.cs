using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventDriven.Benchmarks;

/// <summary>The event: 139 bytes of JSON.</summary>
internal sealed record Order(string OrderId, string CustomerId, decimal Amount, int Quantity, DateTimeOffset PlacedAt)
{
    public const int JsonLength = 139;

    public static byte[] Json(int number)
    {
        var order = new Order($"order-{number:D10}", $"customer-{number % 1_000:D14}", 1_234.56m, 42, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1)));
        var json = JsonSerializer.SerializeToUtf8Bytes(order, OrderJson.Default.Order);
        return json.Length == JsonLength ? json : throw new InvalidOperationException($"The record has {json.Length} bytes.");
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
