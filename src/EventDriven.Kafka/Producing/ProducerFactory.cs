using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Producing;

/// <summary>Makes an instance of the client with the settings of one <see cref="ProducerClient"/>.</summary>
internal delegate IProducer<byte[], byte[]> ProducerFactory(Action<Error> onError, Action<LogMessage> onLog, ClientTokens? tokens);

/// <summary>Makes what makes clients with a transactional id. A service, so that tests can stop a process in the middle of a transaction.</summary>
internal delegate ProducerFactory TransactionalProducerFactory(ProducerConfig settings);
