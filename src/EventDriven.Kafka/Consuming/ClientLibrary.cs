using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// What the client's native library does beyond the managed client: taking many messages in one call. It is the copy that the managed client has loaded:
/// another would not know its handles.
/// </summary>
internal sealed unsafe class ClientLibrary : IDisposable
{
    // What a batch does to positions was tried with this one. Some before it count an end of partition as a record: a resume then leaves one out.
    private const int OldestVersion = 0x02_10_00_00;
    private const int NextMajorVersion = 0x03_00_00_00;

    private readonly nint _module;

    private ClientLibrary(nint module)
    {
        _module = module;
        GetConsumerQueue = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(module, "rd_kafka_queue_get_consumer");
        DestroyQueue = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(module, "rd_kafka_queue_destroy");
        ConsumeBatch = (delegate* unmanaged[Cdecl]<nint, int, ClientMessage**, nuint, nint>)NativeLibrary.GetExport(module, "rd_kafka_consume_batch_queue");
        DestroyMessage = (delegate* unmanaged[Cdecl]<ClientMessage*, void>)NativeLibrary.GetExport(module, "rd_kafka_message_destroy");
        GetTopicName = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(module, "rd_kafka_topic_name");
        GetTimestamp = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ClientMessage*, int*, long>)NativeLibrary.GetExport(module, "rd_kafka_message_timestamp");
        GetLeaderEpoch = (delegate* unmanaged[Cdecl, SuppressGCTransition]<ClientMessage*, int>)NativeLibrary.GetExport(module, "rd_kafka_message_leader_epoch");
        GetHeaders = (delegate* unmanaged[Cdecl]<ClientMessage*, nint*, int>)NativeLibrary.GetExport(module, "rd_kafka_message_headers");
        GetHeader = (delegate* unmanaged[Cdecl]<nint, nuint, byte**, byte**, nuint*, int>)NativeLibrary.GetExport(module, "rd_kafka_header_get_all");
        GetFatalError = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int>)NativeLibrary.GetExport(module, "rd_kafka_fatal_error");
    }

    public delegate* unmanaged[Cdecl]<nint, nint> GetConsumerQueue { get; }

    public delegate* unmanaged[Cdecl]<nint, void> DestroyQueue { get; }

    /// <summary>Serves the callbacks of the managed client on the calling thread, as its own poll does: no exception leaves those.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, ClientMessage**, nuint, nint> ConsumeBatch { get; }

    public delegate* unmanaged[Cdecl]<ClientMessage*, void> DestroyMessage { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*> GetTopicName { get; }

    /// <summary>Reads a field of the message, as <see cref="GetLeaderEpoch"/> does: neither blocks nor calls back.</summary>
    public delegate* unmanaged[Cdecl, SuppressGCTransition]<ClientMessage*, int*, long> GetTimestamp { get; }

    public delegate* unmanaged[Cdecl, SuppressGCTransition]<ClientMessage*, int> GetLeaderEpoch { get; }

    public delegate* unmanaged[Cdecl]<ClientMessage*, nint*, int> GetHeaders { get; }

    public delegate* unmanaged[Cdecl]<nint, nuint, byte**, byte**, nuint*, int> GetHeader { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> GetFatalError { get; }

    /// <summary>Opens the library once more, which the managed client has loaded before.</summary>
    /// <exception cref="DllNotFoundException">It can't be told which one that is, or it is of another version.</exception>
    /// <exception cref="EntryPointNotFoundException">It lacks a function.</exception>
    public static ClientLibrary Open()
    {
        var module = Load();
        try
        {
            var version = ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(module, "rd_kafka_version"))();
            if (version is < OldestVersion or >= NextMajorVersion)
            {
                throw new DllNotFoundException($"librdkafka has version 0x{version.ToString("x8", CultureInfo.InvariantCulture)}");
            }

            return new ClientLibrary(module);
        }
        catch
        {
            NativeLibrary.Free(module);
            throw;
        }
    }

    /// <summary>Nothing of it may be called afterwards.</summary>
    public void Dispose() => NativeLibrary.Free(_module);

    private static nint Load()
    {
        // For Linux there are several, of which the managed client takes the first that the system can load.
        return OperatingSystem.IsLinux()
            ? NativeLibrary.Load(FindLoaded())
            : NativeLibrary.Load("librdkafka", typeof(IClient).Assembly, searchPath: null);
    }

    private static string FindLoaded()
    {
        using var process = Process.GetCurrentProcess();
        string? found = null;
        foreach (ProcessModule module in process.Modules)
        {
            using (module)
            {
                if (!module.ModuleName.Contains("librdkafka", StringComparison.Ordinal) || module.FileName == found)
                {
                    continue;
                }

                found = found is null ? module.FileName : throw new DllNotFoundException($"librdkafka is loaded twice: {found} and {module.FileName}");
            }
        }

        return found ?? throw new DllNotFoundException("librdkafka is not among the loaded libraries");
    }
}
