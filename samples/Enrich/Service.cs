using EventDriven.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Enrich;

/// <summary>The service itself, which is killed.</summary>
internal static class Service
{
    public static async Task RunAsync(string bootstrapServers, string run)
    {
        var names = new Names(run);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", bootstrapServers)]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddSingleton<Customers>();
        builder.Services.AddEventProducer<OrderTotal>(names.Totals, p => p.KeyedBy(total => total.Country));

        // A group of its own for each process: each has to know all customers.
        builder.Services.AddEventConsumer<Customer, KeepCustomer>(names.Customers, group: $"{names.Group}-customers-{Guid.NewGuid():N}");
        builder.Services.AddEventConsumer<Order, EnrichOrder>(names.Orders, group: names.Group, c => c
            .InTransactions()
            .InKeyOrder(maxConcurrency: 8)
            .Configure(options =>
            {
                options.CommitInterval = TimeSpan.FromMilliseconds(100);
                options.CommitAfterEvents = 250;
                options.TransactionTimeout = TimeSpan.FromSeconds(5);
            })
            .OnFailure(f => f.TreatAsOutage<CustomerNotYetKnownException>()));
        await builder.Build().RunAsync();
    }
}
