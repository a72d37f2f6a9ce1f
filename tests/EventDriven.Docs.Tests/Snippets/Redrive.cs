using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Redrive
{
    public static async Task ListAsync(IServiceProvider services)
    {
        var letters = services.GetRequiredService<IDeadLetters>();        // keyed by a cluster's name for others than the first

        await foreach (var letter in letters.ListAsync("inventory--orders--dlq", new DeadLetterFilter { ExceptionType = "TimeoutException" }))
        {
            Console.WriteLine($"{letter.Partition}@{letter.Offset}: {letter.OriginalTopic}[{letter.OriginalPartition}]@{letter.OriginalOffset} "
                + $"failed {letter.Attempts} time(s) at {letter.FailedAt:u} with {letter.ExceptionType}");
        }
    }

    public static async Task PutBackAsync(IDeadLetters letters)
    {
        var canary = await letters.RedriveAsync(new RedriveRequest { Topic = "inventory--orders--dlq", Limit = 10 });
        // … look whether they are handled now …
        var rest = await letters.RedriveAsync(
            new RedriveRequest { Topic = "inventory--orders--dlq", MaxPerSecond = 200 },
            new Progress<RedriveResult>(done => Console.WriteLine($"{done.Redriven} put back, about {done.Left} left")));
        Console.WriteLine($"{canary.Redriven} and {rest.Redriven}");
    }

    public static async Task DeleteAsync(IDeadLetters letters)
    {
        var count = await letters.CountAsync("inventory--orders--dlq", partition: 0, before: 4_200);
        await letters.PurgeAsync("inventory--orders--dlq", partition: 0, before: 4_200, expectedCount: count);
    }
}
