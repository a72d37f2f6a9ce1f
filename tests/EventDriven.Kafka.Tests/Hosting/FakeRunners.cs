using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Tests.Hosting;

internal sealed class FakeRunners : IEventConsumerRunnerFactory
{
    public ConcurrentQueue<string> Log { get; } = [];

    public ConcurrentDictionary<string, FakeRunner> ByName { get; } = [];

    public FakeRunner this[string name] => ByName[name];

    /// <summary>Prepares each runner as it is made.</summary>
    public Action<FakeRunner> OnCreate { get; set; } = static _ => { };

    public IEventConsumerRunner Create(ConsumerSettings settings, PipelineBlueprint pipeline, Action<string> stopHost)
    {
        var runner = new FakeRunner(settings, stopHost, Log.Enqueue);
        OnCreate(runner);
        Assert.True(ByName.TryAdd(settings.Name, runner));
        return runner;
    }
}
