namespace EventDriven.Kafka.Consuming;

/// <summary>What an error of the client means for the consumer.</summary>
internal enum SourceErrorKind
{
    /// <summary>The client goes on trying by itself.</summary>
    Passing = 0,

    /// <summary>A subscribed topic does not exist (any more); the client notices when it does.</summary>
    UnknownTopic,

    /// <summary>The broker does not know the group protocol, or does not let this group change to it: start again with the classic one.</summary>
    UnsupportedProtocol,

    /// <summary>The broker refuses this client a topic: it does not go on by itself, but its place in the group is kept, so what runs may end and be committed.</summary>
    TopicRefused,

    /// <summary>The group does not take this member in as long as others share it by other means; the client asks again by itself.</summary>
    GroupRefused,

    /// <summary>Another member with the same instance id has taken this one's place.</summary>
    InstanceFenced,

    /// <summary>Another member with the same instance id is alive, or was until a moment ago: this one is not let in.</summary>
    InstanceInUse,

    /// <summary>The broker refuses this client: it does not go on by itself.</summary>
    Fatal,
}
