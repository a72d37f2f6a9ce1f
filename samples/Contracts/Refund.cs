using Newtonsoft.Json;

namespace Contracts;

/// <summary>An event in JSON. The names on the wire are said twice: System.Text.Json has them by default, the client vendor's serializers read attributes of Newtonsoft.Json.</summary>
internal sealed class Refund
{
    [JsonProperty("orderId")]
    public string OrderId { get; set; } = "";

    [JsonProperty("cents")]
    public long Cents { get; set; }
}
