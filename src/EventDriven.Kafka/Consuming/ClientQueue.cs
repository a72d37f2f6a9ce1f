using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// The queue of one client, from which its messages can be taken many at a time. It belongs to the poll thread, and is disposed after the client was closed
/// and before the client is disposed: until then the client's handle stays valid.
/// </summary>
internal sealed unsafe class ClientQueue : IDisposable
{
    public const int EndOfPartition = (int)ErrorCode.Local_PartitionEOF;

    private const int LongestErrorText = 512;
    private const int LongestTopicName = 249;

    private readonly ClientLibrary _library;
    private readonly SafeHandle _client;
    private readonly nint _queue;
    private readonly nint[] _messages;
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _topicsByChars;
    private int _count;

    private ClientQueue(ClientLibrary library, SafeHandle client, nint queue, int capacity)
    {
        _library = library;
        _client = client;
        _queue = queue;
        _messages = GC.AllocateArray<nint>(capacity, pinned: true);
        _topicsByChars = _topics.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many messages can be taken in one call.</summary>
    public int Capacity => _messages.Length;

    /// <summary>Opens the queue of a client.</summary>
    /// <param name="client">The client's handle, as the managed client gives it away.</param>
    /// <param name="capacity">How many messages are taken in one call at most.</param>
    /// <param name="queue">The queue; null where it can't be reached.</param>
    /// <param name="reason">Why it can't be reached.</param>
    public static bool TryOpen(Handle client, int capacity, [NotNullWhen(true)] out ClientQueue? queue, [NotNullWhen(false)] out string? reason)
    {
        queue = null;
        ClientLibrary? library = null;
        SafeHandle? handle = null;
        var isHeld = false;
        try
        {
            handle = (SafeHandle)GetLibrdkafkaHandle(client);
            library = ClientLibrary.Open();
            handle.DangerousAddRef(ref isHeld);
            var opened = library.GetConsumerQueue(handle.DangerousGetHandle());
            if (opened == 0)
            {
                throw new InvalidOperationException("the client has no queue");
            }

            queue = new ClientQueue(library, handle, opened, capacity);
            reason = null;
            return true;
        }
        catch (Exception exception)
        {
            // Whatever another version of the client, or one that was trimmed, does not have: its own interface it has.
            reason = exception.Message;
            if (isHeld)
            {
                handle!.DangerousRelease();
            }

            library?.Dispose();
            return false;
        }
    }

    /// <summary>Takes what is there, without waiting, and serves the client's callbacks. <see cref="Release"/> gives it back.</summary>
    /// <returns>How many messages were taken.</returns>
    public int Take(int most)
    {
        var taken = _library.ConsumeBatch(_queue, 0, (ClientMessage**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_messages)), (nuint)Math.Min(most, Capacity));
        return _count = (int)Math.Max(0, taken);
    }

    public ref readonly ClientMessage this[int index] => ref *Get(index);

    /// <summary>The name of a topic, always as the same string.</summary>
    public string GetTopic(in ClientMessage message)
    {
        var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_library.GetTopicName(message.Topic));
        Span<char> chars = stackalloc char[LongestTopicName];
        var known = chars[..Encoding.UTF8.GetChars(name, chars)];
        if (!_topicsByChars.TryGetValue(known, out var topic))
        {
            topic = known.ToString();
            _topics.Add(topic);
        }

        return topic;
    }

    public ConsumedRecord Read(int index, string topic)
    {
        var message = Get(index);
        int timestampType;
        var timestamp = _library.GetTimestamp(message, &timestampType);
        var headers = ReadHeaders(message);
        return new ConsumedRecord
        {
            Topic = topic,
            Partition = message->Partition,
            Offset = message->Offset,
            LeaderEpoch = _library.GetLeaderEpoch(message),
            TimestampMs = timestampType == (int)TimestampType.NotAvailable ? -1 : timestamp,
            Key = Copy(message->Key, message->KeyLength),
            Value = Copy(message->Value, message->ValueLength),
            Headers = headers,
            HeaderBytes = headers is null ? 0 : ConfluentRecordSource.WeighHeaders(headers),
        };
    }

    /// <summary>What a message that is no record says.</summary>
    public Error ReadError(in ClientMessage message)
    {
        if ((ErrorCode)message.ErrorCode != ErrorCode.Local_Fatal)
        {
            return new Error((ErrorCode)message.ErrorCode);
        }

        var text = stackalloc byte[LongestErrorText];
        var code = _library.GetFatalError(_client.DangerousGetHandle(), text, LongestErrorText);
        return new Error((ErrorCode)code, Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)), isFatal: true);
    }

    /// <summary>Gives what was taken back to the client. What was read of it stays.</summary>
    public void Release()
    {
        for (var i = 0; i < _count; i++)
        {
            _library.DestroyMessage(Get(i));
        }

        _count = 0;
    }

    public void Dispose()
    {
        Release();
        _library.DestroyQueue(_queue);
        _client.DangerousRelease();
        _library.Dispose();
    }

    private ClientMessage* Get(int index) => (ClientMessage*)_messages[index];

    private Headers? ReadHeaders(ClientMessage* message)
    {
        nint list;
        if (_library.GetHeaders(message, &list) != (int)ErrorCode.NoError)
        {
            return null;
        }

        Headers? headers = null;
        byte* name;
        byte* value;
        nuint length;
        for (nuint i = 0; _library.GetHeader(list, i, &name, &value, &length) == (int)ErrorCode.NoError; i++)
        {
            headers ??= [];
            headers.Add(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)), Copy((nint)value, length));
        }

        return headers;
    }

    /// <summary>No bytes are not the same as an empty array of them.</summary>
    private static byte[]? Copy(nint bytes, nuint length)
    {
        if (bytes == 0)
        {
            return null;
        }

        if (length == 0)
        {
            return [];
        }

        var copy = GC.AllocateUninitializedArray<byte>(checked((int)length));
        new ReadOnlySpan<byte>((void*)bytes, copy.Length).CopyTo(copy);
        return copy;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object GetLibrdkafkaHandle(Handle client);
}
