using System.Collections.Concurrent;
using System.Text;

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>A serializer that waits, as for a registry, until the test lets it finish; what begins with "fast" does not wait.</summary>
internal sealed class SlowSerializer : IEventSerializer<string>
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<byte[]>> _waiting = new();

    public string? ContentType => "text/plain";

    public void Finish(string value) => Of(value).SetResult(Encoding.UTF8.GetBytes(value));

    public void Fail(string value, Exception error) => Of(value).SetException(error);

    public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken) =>
        value.StartsWith("fast", StringComparison.Ordinal) ? new(Encoding.UTF8.GetBytes(value)) : new(Of(value).Task.WaitAsync(cancellationToken));

    public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    private TaskCompletionSource<byte[]> Of(string value) => _waiting.GetOrAdd(value, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
