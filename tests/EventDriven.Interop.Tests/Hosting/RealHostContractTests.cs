using EventDriven.SchemaRegistry.Tests;

namespace EventDriven.Interop.Tests.Hosting;

public sealed class RealHostContractTests(RealRegistry registry) : HostContract
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
