using System.Globalization;
using EventDriven.Worker;

// A service in a process of its own, for tests that kill or freeze it. It prints a line for each thing that happens to an event; what it has printed has happened.
var options = WorkerOptions.Parse(args);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
await (options.Command switch
{
    "consume" => Consuming.RunAsync(options),
    "redrive" => Redriving.RunAsync(options),
    "transact" => Transacting.RunAsync(options),
    _ => throw new ArgumentException($"'{options.Command}' is no command: consume, redrive or transact."),
});
