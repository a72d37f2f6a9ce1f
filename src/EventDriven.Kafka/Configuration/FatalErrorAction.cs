namespace EventDriven.Kafka;

/// <summary>What happens when a consumer's client can't go on: it was fenced, or the broker refuses it.</summary>
public enum FatalErrorAction
{
    /// <summary>
    /// The consumer starts again with a new client, with growing pauses between tries; health is red meanwhile. Not a static member whose place another has taken by
    /// the same id: it ends, and health stays red. One whose id is in use tries for 90 seconds, for its place may be that of a process that crashed.
    /// </summary>
    Restart = 0,

    /// <summary>The consumer ends; health stays red.</summary>
    StopConsumer,

    /// <summary>The host stops with an error.</summary>
    StopHost,
}
