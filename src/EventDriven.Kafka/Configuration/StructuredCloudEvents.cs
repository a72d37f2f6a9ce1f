namespace EventDriven.Kafka;

/// <summary>What a consumer does with CloudEvents in structured mode: records whose value is an envelope (media type <c>application/cloudevents+json</c>).</summary>
public enum StructuredCloudEvents
{
    /// <summary>Opens the envelope: its data is what is deserialized, and its attributes become headers, as in binary mode.</summary>
    Unwrap = 0,

    /// <summary>Leaves the value as it is, for a deserializer that reads the envelope itself.</summary>
    PassThrough,
}
