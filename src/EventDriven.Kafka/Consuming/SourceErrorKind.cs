namespace EventDriven.Kafka.Consuming;

/// <summary>What an error of the client means for the consumer.</summary>
internal enum SourceErrorKind
{
    /// <summary>The client goes on trying by itself.</summary>
    Passing = 0,

    /// <summary>A subscribed topic does not exist (any more); the client notices when it does.</summary>
    UnknownTopic,

    /// <summary>The broker does not know the group protocol: start again with the classic one.</summary>
    UnsupportedProtocol,

    /// <summary>The broker refuses this client a topic: it does not go on by itself, but its place in the group is kept, so what runs may end and be committed.</summary>
    TopicRefused,

    /// <summary>The broker refuses this client, or another instance has taken its place: it does not go on by itself.</summary>
    Fatal,
}
