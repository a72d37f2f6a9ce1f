namespace EventDriven.Kafka.Tests.Producing;

internal static class Await
{
    /// <summary>Waits for something that gives no signal.</summary>
    public static async Task Until(Func<bool> condition)
    {
        var limit = DateTime.UtcNow + Patience.Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < limit, "It never came true.");
            await Task.Yield();
        }
    }
}
