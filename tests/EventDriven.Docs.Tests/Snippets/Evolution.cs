using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Evolution
{
    public static void Verify()
    {
        using var host = OrdersService.CreateHost();

        EventContracts.Verify(host.Services.GetEventContracts(), options => options.Compatibility = SchemaCompatibility.FullTransitive);
    }

    public static void WriteByTheLatest(IServiceCollection services)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseJsonSchema(options => (options.UseLatestVersion, options.LatestCompatibilityStrict) = (true, false)));
    }

    private static class OrdersService
    {
        public static IHost CreateHost() => Host.CreateApplicationBuilder().Build();
    }
}
