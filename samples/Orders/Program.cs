using EventDriven;
using EventDriven.Kafka;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orders;
using Orders.Api;
using Orders.Consuming;
using Orders.Data;
using Orders.Running;

// dotnet run --project samples/Orders                  on a Kafka inside this process; then the requests of README.md
// dotnet run --project samples/Orders -- --demo        a scenario that explains itself and ends
// … --Kafka:BootstrapServers HOST:PORT                 on your own Kafka
var isDemo = args.Contains("--demo");
var builder = WebApplication.CreateBuilder([.. args.Where(static argument => argument != "--demo")]);
if (isDemo) builder.Configuration.AddInMemoryCollection(Demo.Settings);
using var kafka = EmbeddedBroker.StartUnlessConfigured(builder);

builder.AddEventDriven("Kafka");

// Orders of one customer go to one partition, in order.
builder.Services.AddEventProducer<OrderPlaced>("orders", p => p
    .KeyedBy(order => order.CustomerId)
    .EventType("com.example.order-placed"));

builder.Services.AddEventConsumer<OrderPlaced, RecordOrder>("orders", group: "order-book", c => c
    .Use<TestTrafficMiddleware>()
    .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));

// Many customers at once, the orders of each one after the other.
builder.Services.AddEventConsumer<OrderPlaced, NotifyCustomer>("orders", group: "notifications", c => c
    .InKeyOrder(maxConcurrency: 16)
    .Use<TestTrafficMiddleware>()
    .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));

builder.Services.AddOptions<TestTrafficOptions>().BindConfiguration("TestTraffic").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddDbContext<OrdersDb>((services, options) => options
    .UseSqlite(services.GetRequiredService<IConfiguration>().GetConnectionString("Orders")));
builder.Services.AddProblemDetails();

if (builder.Configuration.GetValue<bool>("Telemetry:Console"))
{
    builder.Services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService("orders"))
        .WithTracing(tracing => tracing.AddSource(EventDrivenTelemetry.SourceName).AddConsoleExporter())
        .WithMetrics(metrics => metrics.AddMeter(EventDrivenTelemetry.MeterName).AddConsoleExporter());
}

var app = builder.Build();
app.MapOrders();
app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static _ => false });
app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = static check => check.Tags.Contains("ready"), ResponseWriter = HealthReportWriter.WriteAsync });
if (kafka is not null) app.MapBroker(kafka);

await OrdersDb.CreateAsync(app.Services);
if (isDemo) return await Demo.RunAsync(app, kafka);

await app.RunAsync();
return 0;
