using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventDriven.Benchmarks.Peers;

/// <summary>The event: about 139 bytes of JSON. Public, because Wolverine compiles code that names it.</summary>
public sealed record Order(string OrderId, string CustomerId, decimal Amount, int Quantity, DateTimeOffset PlacedAt)
{
    internal static Order Create(int number) =>
        new($"order-{number:D10}", $"customer-{number % 1_000:D14}", 1_234.56m, number, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1)));

    internal static byte[] Json(int number) => JsonSerializer.SerializeToUtf8Bytes(Create(number), OrderJson.Default.Order);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;
