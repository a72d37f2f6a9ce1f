using EventDriven.Kafka.Broker.Tests.Cluster;
using Xunit.Sdk;
using Xunit.v3;

// Most of the time of these tests is waiting for sessions and brokers; but brokers and timeouts share the machine's cores, and more at a time would make the waits dishonest.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
[assembly: AssemblyFixture(typeof(SharedBroker))]
