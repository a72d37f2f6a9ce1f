using System.Text.Json.Serialization;

namespace EventDriven.Trimming;

[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class OrderJson : JsonSerializerContext;
