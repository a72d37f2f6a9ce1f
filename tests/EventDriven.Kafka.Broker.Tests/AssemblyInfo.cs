using EventDriven.Kafka.Broker.Tests.Cluster;
using Xunit.Sdk;
using Xunit.v3;

// Brokers and timeouts share the machine's cores: one test at a time keeps the waits honest.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(SharedBroker))]
