using Avro;
using Avro.Specific;

namespace EventDriven.SchemaRegistry.Avro.Tests.Serialization;

/// <summary>As the vendor's generator writes it.</summary>
public sealed class SpecificOrder : ISpecificRecord
{
    public static readonly Schema _SCHEMA = Schema.Parse("""{"type":"record","name":"PlainOrder","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"count","type":"int"},{"name":"note","type":["null","string"],"default":null}]}""");

    public Schema Schema => _SCHEMA;

    public string Id { get; set; } = "";

    public int Count { get; set; }

    public string? Note { get; set; }

    public object Get(int fieldPos) => fieldPos switch
    {
        0 => Id,
        1 => Count,
        2 => Note!,
        _ => throw new AvroRuntimeException("Bad index"),
    };

    public void Put(int fieldPos, object fieldValue)
    {
        switch (fieldPos)
        {
            case 0:
                Id = (string)fieldValue;
                break;
            case 1:
                Count = (int)fieldValue;
                break;
            default:
                Note = (string?)fieldValue;
                break;
        }
    }
}
