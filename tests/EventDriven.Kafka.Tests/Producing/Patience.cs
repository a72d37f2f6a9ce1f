namespace EventDriven.Kafka.Tests.Producing;

/// <summary>How long a test waits for a signal before it fails.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task InTime(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task<TResult> InTime<TResult>(this Task<TResult> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task InTime(this ValueTask task) => task.AsTask().InTime();
}
