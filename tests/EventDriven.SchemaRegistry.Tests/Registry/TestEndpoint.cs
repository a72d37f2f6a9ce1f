using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>An HTTP or HTTPS endpoint of the tests' own.</summary>
internal sealed class TestEndpoint : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestEndpoint(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    public static async Task<TestEndpoint> StartAsync(RequestDelegate answer, Action<HttpsConnectionAdapterOptions>? https = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (https is not null) listen.UseHttps(https);
        }));
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        return new TestEndpoint(application);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
