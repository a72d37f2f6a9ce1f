using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class RetryTopics
{
    public static void Register(IServiceCollection services)
    {
        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .Unordered(maxConcurrency: 64)
            .OnFailure(f => f
                .Retry(3, TimeSpan.FromMilliseconds(200))
                .ThenRetryTopics("5s", "1m", "10m")
                .ThenDeadLetter()));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("eu--orders", group: "inventory-eu", c => c
            .Unordered(maxConcurrency: 64)
            .OnFailure(f => f
                .ThenRetryTopics("5s")
                .NameTopics(topic => $"inventory-eu.{topic}")));
    }
}
