using System.Runtime.InteropServices;

namespace EventDriven.Kafka.Consuming;

/// <summary>A message as librdkafka hands it out (<c>rd_kafka_message_t</c>, the same in all of its major version 2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ClientMessage
{
    public readonly int ErrorCode;
    public readonly nint Topic;
    public readonly int Partition;
    public readonly nint Value;
    public readonly nuint ValueLength;
    public readonly nint Key;
    public readonly nuint KeyLength;
    public readonly long Offset;
    private readonly nint _opaque;
}
