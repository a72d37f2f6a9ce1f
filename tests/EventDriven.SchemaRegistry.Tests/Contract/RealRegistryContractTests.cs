namespace EventDriven.SchemaRegistry.Tests;

public sealed class RealRegistryContractTests(RealRegistry registry) : RegistryContract, IClassFixture<RealRegistry>
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
