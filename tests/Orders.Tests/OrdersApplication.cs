using System.Net;
using System.Net.Http.Json;
using EventDriven.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Orders.Api;

namespace Orders.Tests;

/// <summary>The service as its Program.cs makes it, configured for production, on an embedded Kafka and a database of its own.</summary>
internal sealed class OrdersApplication(Action<IServiceCollection>? configure = null) : WebApplicationFactory<Program>
{
    private readonly string _database = Path.Combine(Path.GetTempPath(), $"orders-test-{Guid.NewGuid():N}.db");
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));

    public EmbeddedKafka Kafka { get; } = EmbeddedKafka.Start();

    public CancellationToken Patience => _patience.Token;

    public EventRecorder Events => Services.GetRequiredService<EventRecorder>();

    /// <summary>Places an order as a client does, and expects that it is accepted.</summary>
    public static async Task PlaceAsync(HttpClient client, PlaceOrder order)
    {
        using var response = await client.PostAsJsonAsync("/orders", order, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        Kafka.CreateTopic("orders", partitions: 2);
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:Orders", $"Data Source={_database};Pooling=False");
        builder.UseSetting("Logging:LogLevel:Default", "None");
        builder.UseSetting("Logging:LogLevel:EventDriven", "None");
        builder.ConfigureTestServices(services =>
        {
            services.UseEmbeddedKafka(Kafka).AddEventRecorder();
            configure?.Invoke(services);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Kafka.Dispose();
        _patience.Dispose();
        File.Delete(_database);
    }
}
