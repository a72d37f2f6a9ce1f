using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Producing;

/// <summary>Whose <see cref="ProducerConnection"/> it is. Called on the thread of the connection, and on those of the client.</summary>
internal interface IProducerConnectionOwner
{
    string Cluster { get; }

    /// <summary>Where the client's tokens come from; null where it uses none.</summary>
    TokenSource? Tokens { get; }

    /// <summary>Whether somebody waits until everything is sent.</summary>
    bool IsFlushing { get; }

    /// <summary>Called each time the connection's thread comes out of the client: there may be room now.</summary>
    void OnServed(ProducerConnection connection);

    /// <summary>Whether later records go to this connection.</summary>
    bool IsCurrent(ProducerConnection connection);

    /// <summary>The client can't go on.</summary>
    void Replace(ProducerConnection connection, Error error);

    /// <summary>The client is disposed.</summary>
    void OnEnded(ProducerConnection connection);
}
