using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>The scope of an attempt, at its end.</summary>
internal static class AttemptScope
{
    /// <returns>What its services threw; null where they did not.</returns>
    public static async ValueTask<Exception?> CloseAsync(IServiceScope scope)
    {
        try
        {
            if (scope is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                scope.Dispose();
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
