using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>The contexts of the events of a batch: they share the services of the attempt.</summary>
internal sealed class BatchContextHost(BatchExecution execution, ConsumerContextHost consumer, IServiceScopeFactory scopes)
    : ConsumerContextHost(consumer.ConsumerName, consumer.Group, scopes, consumer.Keys)
{
    private IServiceScope? _scope;

    public BatchExecution Execution => execution;

    public override IServiceProvider GetServices(EventContext context) => (_scope ??= CreateScope()).ServiceProvider;

    /// <summary>Takes the scope of the attempt away; null where nothing has asked for one.</summary>
    public IServiceScope? TakeScope()
    {
        var scope = _scope;
        _scope = null;
        return scope;
    }
}
