using System.Diagnostics;
using System.Globalization;
using EventDriven.Simulation;

long? schedules = null;
ulong seed = 1;
double? minutes = null;
var mutation = Mutation.None;
var variant = default(Variant);
StepSet? only = null;
var traces = false;
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

        case "--classic" when bool.TryParse(value, out var isClassic):
            variant = variant with { Classic = isClassic };
            i++;
            break;

        case "--transactions":
            variant = variant with { Transactions = true };
            break;

        case "--schedules" when long.TryParse(value, CultureInfo.InvariantCulture, out var wanted):
            schedules = wanted;
            i++;
            break;

        case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var limit):
            minutes = limit;
            i++;
            break;

        case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out seed):
        case "--mutation" when Enum.TryParse(value, out mutation):
        case "--only" when StepSet.TryParse(value, out only):
            i++;
            break;

        case "--trace":
            traces = true;
            break;

        default:
            Console.Error.WriteLine("Usage: EventDriven.Simulation [--schedules N] [--minutes M] [--seed S] [--failures Stop|Chain|Parking] [--batches true|false] [--classic true|false] [--transactions] [--mutation M] [--only STEPS] [--trace]");
            Console.Error.WriteLine($"Mutations: {string.Join(", ", Enum.GetNames<Mutation>())}");
            return 2;
    }
}

if (only is not null)
{
    return Show(Simulation.Run(seed, mutation, trace: true, variant, only));
}

if (traces)
{
    // What a schedule does that passes, too: one after the other, until one fails.
    for (var i = 0L; i < (schedules ?? 1); i++)
    {
        var trace = new List<string>();
        if (Simulation.Run(seed + (ulong)i, mutation, trace: true, variant, told: trace.Add) is { } failed)
        {
            return Show(failed);
        }

        Console.WriteLine($"Seed {seed + (ulong)i}: every invariant held.");
        trace.ForEach(Console.WriteLine);
    }

    return 0;
}

var count = schedules ?? (minutes is null ? 100_000 : long.MaxValue);
var watch = Stopwatch.StartNew();
long lastShown = 0;
var (ran, failure) = Campaign.Run(
    seed,
    count,
    mutation,
    variant,
    passed =>
    {
        var second = watch.ElapsedMilliseconds / 1_000;
        if (Interlocked.Exchange(ref lastShown, second) < second)
        {
            Console.Error.WriteLine($"{passed:N0}{(count == long.MaxValue ? "" : $" of {count:N0}")} schedules, {passed * 1_000.0 / watch.ElapsedMilliseconds:N0} a second");
        }
    },
    minutes is { } most ? TimeSpan.FromMinutes(most) : null);
if (failure is not null)
{
    Console.Error.WriteLine($"Seed {failure.Seed} fails after {ran:N0} that did not: {failure.Error.Message}. It is shrunk …");
    return Show(Shrinker.Shrink(failure, mutation, variant));
}

Console.WriteLine($"{ran:N0} schedules from seed {seed} on{variant}: every invariant held. {watch.Elapsed.TotalSeconds:F1} s, {ran / watch.Elapsed.TotalSeconds:N0} a second.");
return 0;

int Show(Failure? failed)
{
    if (failed is null)
    {
        Console.WriteLine($"Seed {seed}: every invariant held.");
        return 0;
    }

    foreach (var line in failed.Trace)
    {
        Console.WriteLine(line);
    }

    Console.WriteLine();
    Console.WriteLine($"Seed {failed.Seed}: {failed.Schedule}");
    Console.WriteLine(failed.Error is InvariantViolation ? failed.Error.Message : failed.Error.ToString());
    var bug = mutation == Mutation.None ? "" : $" --mutation {mutation}";
    if (failed.Only is { } steps)
    {
        Console.WriteLine($"{steps.Count} of its {failed.Schedule.Steps} steps are enough: --seed {failed.Seed}{variant}{bug} --only {steps}");
    }

    Console.WriteLine($"The whole schedule: --seed {failed.Seed} --schedules 1{variant}{bug}");
    return 1;
}
