using EventDriven.SchemaRegistry.Tests;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

public sealed class RealProtobufContractTests(RealRegistry registry) : ProtobufContract, IClassFixture<RealRegistry>
{
    protected override string Url
    {
        get
        {
            Assert.SkipUnless(RegistryDistribution.IsPresent, RegistryDistribution.HowToRun);
            return registry.Url;
        }
    }
}
