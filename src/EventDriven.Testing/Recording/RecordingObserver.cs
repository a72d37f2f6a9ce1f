using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Testing;

/// <summary>Puts the recording around each pipeline of the host.</summary>
internal sealed class RecordingObserver(EventRecorder recorder) : IPipelineObserver
{
    public IEventPipeline Observe(ConsumerSettings settings, IEventPipeline pipeline)
    {
        var recording = recorder.RecordingOf(settings.Name);
        return pipeline is IBatchPipeline batches ? new RecordingBatchPipeline(batches, recording) : new RecordingPipeline(pipeline, recording);
    }

    public IEventHandler<T> Observe<T>(ConsumerSettings settings, IEventHandler<T> handler) => new RecordingHandler<T>(handler, recorder.RecordingOf(settings.Name));

    public TimeProvider Observe(ConsumerSettings settings, TimeProvider delays) => new RecordingClock(delays, recorder.RecordingOf(settings.Name));
}
