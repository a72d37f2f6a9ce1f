namespace EventDriven.Kafka;

/// <summary>How a producer marks its records as CloudEvents.</summary>
public enum CloudEventsMode
{
    /// <summary>The binary mode of the Kafka protocol binding: the value is the event, and the attributes are headers.</summary>
    Binary = 0,

    /// <summary>Not at all: no headers of CloudEvents, for topics shared with services that do not want them.</summary>
    Off,
}
