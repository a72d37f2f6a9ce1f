using System.Diagnostics;
using System.Globalization;
using EventDriven.Simulation;

long schedules = 100_000;
ulong seed = 1;
var mutation = Mutation.None;
var variant = default(Variant);
for (var i = 0; i < args.Length; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--batches" when bool.TryParse(value, out var isForBatches):
            variant = variant with { Batches = isForBatches };
            i++;
            break;

        case "--failures" when Enum.TryParse(value, out FailureMode failures):
            variant = variant with { Failures = failures };
            i++;
            break;

        case "--schedules" when long.TryParse(value, CultureInfo.InvariantCulture, out schedules):
        case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out seed):
        case "--mutation" when Enum.TryParse(value, out mutation):
            i++;
            break;

        default:
            Console.Error.WriteLine("Usage: EventDriven.Simulation [--schedules N] [--seed S] [--mutation M] [--batches true|false] [--failures Stop|Chain|Parking]");
            Console.Error.WriteLine($"Mutations: {string.Join(", ", Enum.GetNames<Mutation>())}");
            return 2;
    }
}

var watch = Stopwatch.StartNew();
long lastShown = 0;
var (ran, failure) = Campaign.Run(seed, schedules, mutation, variant, passed =>
{
    var second = watch.ElapsedMilliseconds / 1_000;
    if (Interlocked.Exchange(ref lastShown, second) < second)
    {
        Console.Error.WriteLine($"{passed} of {schedules} schedules, {passed * 1_000.0 / watch.ElapsedMilliseconds:F0} a second");
    }
});
if (failure is null)
{
    Console.WriteLine($"{schedules} schedules from seed {seed} on: every invariant held. {watch.Elapsed.TotalSeconds:F1} s, {schedules / watch.Elapsed.TotalSeconds:F0} a second.");
    return 0;
}

foreach (var line in failure.Trace)
{
    Console.WriteLine(line);
}

Console.WriteLine();
Console.WriteLine($"Seed {failure.Seed}: {failure.Schedule}");
Console.WriteLine(failure.Error is InvariantViolation ? failure.Error.Message : failure.Error.ToString());
Console.WriteLine($"Replay: --seed {failure.Seed} --schedules 1{variant}");
return 1;
