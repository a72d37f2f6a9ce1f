using System.Runtime.InteropServices;
using Confluent.Kafka;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Tests.Configuration;

public class ClientSettingNamesTests
{
    [Theory]
    [InlineData(typeof(ClientConfig))]
    [InlineData(typeof(ConsumerConfig))]
    [InlineData(typeof(ProducerConfig))]
    public void Every_property_of_the_client_is_known_by_the_name_it_writes(Type type)
    {
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var config = (Config)Activator.CreateInstance(type)!;
            property.SetValue(config, kind == typeof(string) ? "x" : kind.IsEnum ? Enum.GetValues(kind).GetValue(0) : Convert.ChangeType(1, kind));

            Assert.True(ClientSettingNames.IsKnown(config.Single().Key), config.Single().Key);
        }
    }

    [Fact]
    public void Every_setting_that_the_native_client_lists_is_known()
    {
        // Set by the client itself, never by text.
        string[] internals = ["enabled_events", "log_cb", "socket_cb", "open_cb", "enable_sasl_queue"];

        Assert.All(NativeNames().Except(internals), name => Assert.True(ClientSettingNames.IsKnown(name), name));
    }

    [Theory]
    [InlineData("enable.auto.comit", "enable.auto.commit")]
    [InlineData("Fetch.Min.Bytes", "fetch.min.bytes")]
    [InlineData("compresion.type", "compression.type")]
    [InlineData("whatever.this.is.supposed.to.mean", null)]
    public void The_nearest_name_is_the_one_that_was_meant(string name, string? meant) =>
        Assert.Equal(meant, NearestName.Of(name, ClientSettingNames.All));

    private static unsafe HashSet<string> NativeNames()
    {
        Library.Load();
        string[] libraries = ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"];
        nint library = 0;
        Assert.Contains(libraries, name => NativeLibrary.TryLoad(name, typeof(Library).Assembly, null, out library));

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (create, dump) in new[] { ("rd_kafka_conf_new", "rd_kafka_conf_dump"), ("rd_kafka_topic_conf_new", "rd_kafka_topic_conf_dump") })
        {
            nint count;
            var pairs = ((delegate* unmanaged<nint, nint*, nint*>)NativeLibrary.GetExport(library, dump))(
                ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, create))(), &count);
            for (var index = 0; index < count; index += 2) names.Add(Marshal.PtrToStringUTF8(pairs[index])!);
        }

        Assert.True(names.Count > 50);
        return names;
    }
}
