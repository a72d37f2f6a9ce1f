using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace EventDriven.Testing.Native;

/// <summary>Binds <see cref="LibRdKafka"/> to the very library that Confluent.Kafka has chosen for this machine.</summary>
internal static class LibRdKafkaLoader
{
    private static readonly Lazy<nint> Handle = new(Load);

    /// <exception cref="EmbeddedKafkaException">The native library, or a function of its mock cluster, is missing.</exception>
    internal static void EnsureLoaded() => _ = Handle.Value;

    /// <summary>The required functions that a library does not export.</summary>
    internal static IReadOnlyList<string> MissingExports(nint library, ReadOnlySpan<string> required)
    {
        List<string> missing = [];
        foreach (var name in required)
        {
            if (!NativeLibrary.TryGetExport(library, name, out _))
                missing.Add(name);
        }

        return missing;
    }

    private static nint Load()
    {
        try
        {
            Library.Load();
        }
        catch (Exception exception) when (exception is DllNotFoundException or InvalidOperationException or FileNotFoundException)
        {
            throw new EmbeddedKafkaException(
                "Embedded Kafka lives inside librdkafka, and Confluent.Kafka could not load that library: " + exception.Message, exception);
        }

        var library = Find();
        var missing = MissingExports(library, LibRdKafka.RequiredExports);
        if (missing.Count > 0)
        {
            throw new EmbeddedKafkaException(
                $"Embedded Kafka needs functions that librdkafka {Library.VersionString} does not have: {string.Join(", ", missing)}. " +
                "Use the librdkafka.redist that comes with Confluent.Kafka 2.16, or a real broker.");
        }

        NativeLibrary.SetDllImportResolver(typeof(LibRdKafka).Assembly, (name, _, _) => name == LibRdKafka.Name ? library : 0);
        return library;
    }

    // The client tries the same names in the same order for its own calls, so the first that loads is the one it uses: its default build
    // needs a system library (libsasl2) that many machines lack, and then it takes another.
    private static nint Find()
    {
        ReadOnlySpan<string> names = IsMusl()
            ? ["alpine-librdkafka", LibRdKafka.Name]
            : [LibRdKafka.Name, "centos8-librdkafka", "alpine-librdkafka"];
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(Library).Assembly, null, out var library))
                return library;
        }

        throw new EmbeddedKafkaException(
            $"Embedded Kafka lives inside librdkafka, which was found under none of its names: {string.Join(", ", names.ToArray())}.");
    }

    private static bool IsMusl() =>
        RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ||
        RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal);
}
