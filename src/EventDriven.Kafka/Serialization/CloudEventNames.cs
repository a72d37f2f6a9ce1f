namespace EventDriven.Kafka.Serialization;

/// <summary>The names of headers by the Kafka protocol binding of CloudEvents 1.0.</summary>
internal static class CloudEventNames
{
    public const string Prefix = "ce_";
    public const string Id = "ce_id";
    public const string Source = "ce_source";
    public const string SpecVersion = "ce_specversion";
    public const string Type = "ce_type";
    public const string Time = "ce_time";
    public const string ContentType = "content-type";

    /// <summary>The one version that is read and written; all of 1.0.x say this.</summary>
    public const string Version = "1.0";
}
