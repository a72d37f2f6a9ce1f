using System.Text.Json;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>Reads the output topics from their beginnings to their ends, as somebody who sees what is committed.</summary>
internal static class OutputReader
{
    public static List<OutputRecord> Read(string servers) => SourceReader.Read(
        servers,
        ChaosService.All.Where(static service => service.IsTransactional).ToDictionary(static service => service.OutputTopic, static _ => ChaosService.Partitions),
        static record =>
        {
            var output = JsonSerializer.Deserialize<ChaosOutput>(record.Message.Value, JsonSerializerOptions.Web)!;
            return new OutputRecord(new TopicPlace(record.Topic, record.Partition.Value), record.Offset.Value, new TopicPlace(output.Topic, output.Partition), output.Offset);
        });
}
