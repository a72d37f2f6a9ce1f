using EventDriven.Interop.Tests.Peers;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.SchemaRegistry.Tests;

[assembly: AssemblyFixture(typeof(PeerPrograms))]
[assembly: AssemblyFixture(typeof(SharedBroker))]
[assembly: AssemblyFixture(typeof(RealRegistry))]
