namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Changes of Avro schemas: the table of docs/evolution.md.</summary>
internal static class AvroChanges
{
    private const string Id = """{"name":"id","type":"string"}""";

    public static IReadOnlyList<SchemaChange> All { get; } =
    [
        new("a field with a default is added", Record(Id), Record(Id, """{"name":"note","type":["null","string"],"default":null}"""), true, true),
        new("a field without a default is added", Record(Id), Record(Id, """{"name":"count","type":"int"}"""), false, true),
        new("a field with a default is removed", Record(Id, """{"name":"note","type":["null","string"],"default":null}"""), Record(Id), true, true),
        new("a field without a default is removed", Record(Id, """{"name":"count","type":"int"}"""), Record(Id), true, false),
        new("a field is renamed, the old name as an alias", Record(Id), Record("""{"name":"orderId","aliases":["id"],"type":"string"}"""), true, false),
        new("a field is renamed, without an alias", Record(Id), Record("""{"name":"orderId","type":"string"}"""), false, false),
        new("fields are put in another order", Record(Id, """{"name":"count","type":"int"}"""), Record("""{"name":"count","type":"int"}""", Id), true, true),
        new("`int` becomes `long`, `float` or `double`", Record("""{"name":"count","type":"int"}"""), Record("""{"name":"count","type":"long"}"""), true, false),
        new("`long` becomes `int`", Record("""{"name":"count","type":"long"}"""), Record("""{"name":"count","type":"int"}"""), false, true),
        new("`string` becomes `bytes`, or the other way", Record(Id), Record("""{"name":"id","type":"bytes"}"""), true, true),
        new("`int` becomes `string`", Record("""{"name":"count","type":"int"}"""), Record("""{"name":"count","type":"string"}"""), false, false),
        new("a field becomes nullable", Record(Id), Record("""{"name":"id","type":["null","string"]}"""), true, false),
        new("a nullable field becomes required", Record("""{"name":"id","type":["null","string"]}"""), Record(Id), false, true),
        new("a union gets a branch", Record("""{"name":"id","type":["string","int"]}"""), Record("""{"name":"id","type":["string","int","boolean"]}"""), true, false),
        new("an enum gets a symbol", Record(Enum("A", "B")), Record(Enum("A", "B", "C")), true, false),
        new("an enum with a default symbol gets a symbol", Record(EnumWithDefault("A", "B")), Record(EnumWithDefault("A", "B", "C")), true, true),
        new("an enum loses a symbol", Record(Enum("A", "B")), Record(Enum("A")), false, true),
        new("an array's items become `long`, from `int`", Record("""{"name":"counts","type":{"type":"array","items":"int"}}"""), Record("""{"name":"counts","type":{"type":"array","items":"long"}}"""), true, false),
        new("a `fixed` gets another size", Record("""{"name":"hash","type":{"type":"fixed","name":"Hash","size":16}}"""), Record("""{"name":"hash","type":{"type":"fixed","name":"Hash","size":32}}"""), false, false),
        new("the record is renamed, the old name as an alias", Record(Id), """{"type":"record","name":"OrderPlaced","namespace":"shop","aliases":["shop.Order"],"fields":[{"name":"id","type":"string"}]}""", true, false),
        new("the record is renamed, without an alias", Record(Id), """{"type":"record","name":"OrderPlaced","namespace":"shop","fields":[{"name":"id","type":"string"}]}""", false, false),
        new("the record gets another namespace", Record(Id), """{"type":"record","name":"Order","namespace":"store","fields":[{"name":"id","type":"string"}]}""", true, true),
        new("a default changes", Record("""{"name":"count","type":"int","default":1}"""), Record("""{"name":"count","type":"int","default":2}"""), true, true),
        new("a description changes", Record("""{"name":"count","type":"int","doc":"a"}"""), Record("""{"name":"count","type":"int","doc":"b"}"""), true, true),
        new("`timestamp-millis` becomes `timestamp-micros`, or the other way", Record(Logical("long", "timestamp-millis")), Record(Logical("long", "timestamp-micros")), true, true),
        new("a `decimal` gets another scale", Record(Decimal(2)), Record(Decimal(4)), false, false, (true, true)),
    ];

    private static string Record(params string[] fields) => $$$"""{"type":"record","name":"Order","namespace":"shop","fields":[{{{string.Join(',', fields)}}}]}""";

    private static string Enum(params string[] symbols) => $$$"""{"name":"color","type":{"type":"enum","name":"Color","symbols":[{{{string.Join(',', symbols.Select(static symbol => $"\"{symbol}\""))}}}]}}""";

    private static string EnumWithDefault(params string[] symbols) => $$$"""{"name":"color","type":{"type":"enum","name":"Color","symbols":[{{{string.Join(',', symbols.Select(static symbol => $"\"{symbol}\""))}}}],"default":"A"}}""";

    private static string Logical(string type, string logical) => $$$"""{"name":"at","type":{"type":"{{{type}}}","logicalType":"{{{logical}}}"}}""";

    private static string Decimal(int scale) => $$$"""{"name":"total","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":{{{scale}}}}}""";
}
