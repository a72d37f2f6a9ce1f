using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Configuration
{
    public static void Register(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .InKeyOrder(maxConcurrency: 64)                                  // a default: configuration may replace it
            .Configure(options => options.DrainTimeout = TimeSpan.FromSeconds(20)));

        builder.Services.PostConfigure<EventConsumerOptions>("inventory", options =>
            options.MaxConcurrency = Math.Min(options.MaxConcurrency, 256));  // the last word, whatever configuration says
    }
}
