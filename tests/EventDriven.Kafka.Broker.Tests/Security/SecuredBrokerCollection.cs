namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>The tests on the secured broker, which starts with the first of them and ends with the last.</summary>
[CollectionDefinition(SecuredBroker.Collection)]
public sealed class SecuredBrokerCollection : ICollectionFixture<SecuredBroker>;
