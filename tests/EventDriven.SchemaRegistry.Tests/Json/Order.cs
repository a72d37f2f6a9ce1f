using System.Text.Json.Serialization;

namespace EventDriven.SchemaRegistry.Tests;

public sealed record Order(string Id, int Amount, string? Note = null);

public sealed record Cancelled(string Id);

public sealed record OrderKey(string Country, string Id);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Cancelled))]
[JsonSerializable(typeof(OrderKey))]
internal sealed partial class OrdersJson : JsonSerializerContext;
