using System.Globalization;
using EventDriven.Chaos;
using EventDriven.Chaos.Storm;
using EventDriven.Chaos.Workers;
using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["worker", var servers, var protocol, var folder, var member])
{
    await WorkerHost.RunAsync(servers, Enum.Parse<ConsumerGroupProtocol>(protocol), folder, member);
    return 0;
}

if (ChaosOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(ChaosOptions.Usage);
    return 2;
}

if (!KafkaDistribution.IsPresent)
{
    Console.Error.WriteLine(KafkaDistribution.HowToRun);
    return 2;
}

return await (options.Storm ? StormCommand.RunAsync(options) : ChaosCommand.RunAsync(options)) ? 0 : 1;
