namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Chooses a logical type where a .NET type has several, such as <c>timestamp-millis</c> for a <see cref="DateTimeOffset"/> in place of <c>timestamp-micros</c>.</summary>
/// <param name="name">
/// <c>timestamp-millis</c>, <c>timestamp-micros</c>, <c>timestamp-nanos</c>, <c>local-timestamp-millis</c>, <c>local-timestamp-micros</c>, <c>local-timestamp-nanos</c>,
/// <c>time-millis</c>, <c>time-micros</c>, <c>date</c>, <c>uuid</c> or <c>duration</c>.
/// </param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class AvroLogicalTypeAttribute(string name) : Attribute
{
    /// <summary>The name of the logical type.</summary>
    public string Name => name;
}
