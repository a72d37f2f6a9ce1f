using System.Net;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Polly.CircuitBreaker;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Failures
{
    public static void Chain(IServiceCollection services)
    {
        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .ProvisionTopics()
            .OnFailure(f => f
                .Retry(3, TimeSpan.FromMilliseconds(200))
                .ThenRetryTopics("5s", "1m", "10m").AllowReordering()
                .ThenDeadLetter()
                .TreatAsOutage<BrokenCircuitException>()));
    }

    public static void Rules(IServiceCollection services)
    {
        services.AddEventConsumer<OrderPlaced, ReserveStock>("returns", group: "inventory-returns", c => c
            .OnFailure(f => f
                .Retry(3, TimeSpan.FromMilliseconds(200))
                .ThenDeadLetter()
                .TreatAsFatal<ArgumentException>()
                .TreatAsOutage<HttpRequestException>(error => error.StatusCode is null or >= HttpStatusCode.InternalServerError)
                .TreatAsTransient<EventSerializationException>()));

        services.ClassifyEventFailures(rules => rules
            .TreatAsOutage<BrokenCircuitException>()
            .TreatAsFatal<UnauthorizedAccessException>());
    }

    public static void DeadLetters(IServiceCollection services)
    {
        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "billing", c => c
            .OnFailure(f => f
                .Retry(3, TimeSpan.FromMilliseconds(200))
                .ThenDeadLetter(d => d
                    .Route<EventSerializationException>("orders-unreadable")
                    .Route<TimeoutException>("orders-too-slow")
                    .Topic("orders-dead")
                    .WithoutStack()
                    .WithSpringHeaders())));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "shipping", c => c
            .ProvisionTopics()
            .OnFailure(f => f.ThenDeadLetter()));
    }
}
