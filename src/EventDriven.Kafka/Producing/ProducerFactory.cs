using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Producing;

/// <summary>Makes an instance of the client with the settings of one <see cref="ProducerClient"/>.</summary>
internal delegate IProducer<byte[], byte[]> ProducerFactory(Action<Error> onError, Action<LogMessage> onLog, ClientTokens? tokens);
