namespace EventDriven.SchemaRegistry.Tests;

/// <summary>
/// Changes of Protobuf schemas: the table of docs/evolution.md, and some more. They are judged by the rules of Confluent's registry; that of others has rules of its own for this format, by which names and
/// removed numbers count too, and moves into a <c>oneof</c>, groups and packages do not. What it says is written down where it differs.
/// </summary>
internal static class ProtobufChanges
{
    private const string Id = "string id = 1;";
    private const string Line = "message Line { string article = 1; int32 count = 2; }";

    public static IReadOnlyList<SchemaChange> All { get; } =
    [
        new("a field is added", Order(Id), Order(Id, "string note = 2;"), true, true, (true, false)),
        new("a field is removed", Order(Id, "string note = 2;"), Order(Id), true, true, (false, true)),
        new("a field is renamed", Order(Id), Order("string order_id = 1;"), true, true, (false, false)),
        new("a field gets another number", Order(Id), Order("string id = 2;"), true, true, (false, false)),
        new("fields are put in another order", Order(Id, "string note = 2;"), Order("string note = 2;", Id), true, true),
        new("a number is taken by a field of another type", Order(Id, "string note = 2;"), Order(Id, "double weight = 2;"), false, false),
        new("`int32`, `int64`, `uint32`, `uint64`, `bool` and enums become one another", Order("int32 count = 1;"), Order("int64 count = 1;"), true, true, (false, false)),
        new("`sint32` becomes `sint64`, `fixed32` `sfixed32`, `fixed64` `sfixed64`", Order("sint32 count = 1;"), Order("sint64 count = 1;"), true, true, (false, false)),
        new("`int32` becomes `sint32`, `fixed32`, `double` or `string`", Order("int32 count = 1;"), Order("sint32 count = 1;"), false, false),
        new("`float` becomes `double`", Order("float weight = 1;"), Order("double weight = 1;"), false, false),
        new("`string` becomes `bytes`, or the other way", Order(Id), Order("bytes id = 1;"), true, true, (false, false)),
        new("a scalar becomes a message", Order("string line = 1;", Line), Order("Line line = 1;", Line), false, false),
        new("a field becomes another message", Order("A a = 1;", "message A { string x = 1; }", "message B { string x = 1; }"), Order("B a = 1;", "message A { string x = 1; }", "message B { string x = 1; }"), false, false),
        new("a map gets values of another type", Order("map<string, int32> counts = 1;"), Order("map<string, string> counts = 1;"), false, false),
        new("a string, bytes or a message becomes `repeated`", Order("optional string id = 1;"), Order("repeated string id = 1;"), true, true, (false, false)),
        new("an `optional` number becomes `repeated`", Order("optional int32 count = 1;"), Order("repeated int32 count = 1;"), false, false),
        new("a number becomes `repeated`", Order("int32 count = 1;"), Order("repeated int32 count = 1;"), false, false),
        new("a field becomes `optional`", Order(Id), Order("optional string id = 1;"), true, true, (false, false)),
        new("a `required` field is added", Order2("optional string id = 1;"), Order2("optional string id = 1;", "required string note = 2;"), false, false),
        new("an `optional` text becomes `required`", Order2("optional string id = 1;"), Order2("required string id = 1;"), false, true, (false, false)),
        new("a message is added", Order(Id), Order(Id) + Line, true, false),
        new("a message is removed", Order(Id) + Line, Order(Id), false, true),
        new("a message is renamed", Order(Id), Order(Id).Replace("message Order", "message Placed", StringComparison.Ordinal), false, false),
        new("messages are put in another order", $"{Order(Id)} {Line}", $"syntax = \"proto3\"; package shop; {Line} message Order {{ {Id} }}", true, true),
        new("the package changes", Order(Id), Order(Id).Replace("package shop", "package store", StringComparison.Ordinal), false, false, (true, true)),
        new("a value of an enum is added, removed or renamed", Order("Color color = 1;", "enum Color { NONE = 0; RED = 1; }"), Order("Color color = 1;", "enum Color { NONE = 0; ROT = 1; BLUE = 2; }"), true, true, (false, false)),
        new("one field moves into a new `oneof`", Order(Id, "string note = 2;"), Order(Id, "oneof more { string note = 2; }"), true, true),
        new("fields move into one `oneof`", Order(Id, "string note = 2;"), Order("oneof more { string id = 1; string note = 2; }"), false, true, (true, true)),
        new("a field moves into a `oneof` that is there", Order(Id, "oneof more { string note = 2; }"), Order("oneof more { string id = 1; string note = 2; }"), false, true, (true, true)),
        new("a `oneof` gets another case", Order("oneof more { string id = 1; }"), Order("oneof more { string id = 1; string note = 2; }"), true, false),
        new("a `oneof` loses a case", Order("oneof more { string id = 1; string note = 2; }"), Order("oneof more { string id = 1; }"), false, true),
        new("a `oneof` is renamed", Order("oneof more { string id = 1; string note = 2; }"), Order("oneof other { string id = 1; string note = 2; }"), true, true),
        new("a number or name is reserved", Order(Id), Order(Id, "reserved 2, 5 to 9;", "reserved \"note\";"), true, true, (true, false)),
        new("comments, options or services change", Order(Id), "// About it.\n" + Order("string id = 1 [deprecated = true];", "option deprecated = true;") + "service S { rpc Get (Order) returns (Order); }", true, true, (true, false)),
    ];

    /// <summary>The same where the table has more than one case in a row, and what is not in it.</summary>
    public static IReadOnlyList<SchemaChange> More { get; } =
    [
        new("int32 to bool", Order("int32 a = 1;"), Order("bool a = 1;"), true, true, (false, false)),
        new("uint64 to an enum", Order("uint64 a = 1;", "enum E { NONE = 0; }"), Order("E a = 1;", "enum E { NONE = 0; }"), true, true, (false, false)),
        new("an enum to an enum of another name", Order("E a = 1;", "enum E { NONE = 0; }"), Order("F a = 1;", "enum F { NONE = 0; }"), true, true, (false, false)),
        new("fixed32 to sfixed32", Order("fixed32 a = 1;"), Order("sfixed32 a = 1;"), true, true, (false, false)),
        new("fixed64 to sfixed64", Order("fixed64 a = 1;"), Order("sfixed64 a = 1;"), true, true, (false, false)),
        new("fixed32 to fixed64", Order("fixed32 a = 1;"), Order("fixed64 a = 1;"), false, false),
        new("fixed32 to float", Order("fixed32 a = 1;"), Order("float a = 1;"), false, false),
        new("int32 to fixed32", Order("int32 a = 1;"), Order("fixed32 a = 1;"), false, false),
        new("int32 to double", Order("int32 a = 1;"), Order("double a = 1;"), false, false),
        new("int32 to string", Order("int32 a = 1;"), Order("string a = 1;"), false, false),
        new("bytes to a message", Order("bytes a = 1;", Line), Order("Line a = 1;", Line), false, false),
        new("repeated bytes to single", Order("repeated bytes a = 1;"), Order("optional bytes a = 1;"), true, true, (false, false)),
        new("a message to repeated", Order("Line a = 1;", Line), Order("repeated Line a = 1;", Line), true, true, (false, false)),
        new("a field of a message in it changes its type", Order("Line a = 1;", Line), Order("Line a = 1;", Line.Replace("int32", "string", StringComparison.Ordinal)), false, false),
        new("a field of a message in it is added", Order("Line a = 1;", Line), Order("Line a = 1;", Line.Replace("}", "string more = 3; }", StringComparison.Ordinal)), true, true, (true, false)),
        new("a message in it is removed", Order(Id, Line), Order(Id), false, true),
        new("map keys of another kind", Order("map<string, Line> a = 1;", Line), Order("map<int32, Line> a = 1;", Line), false, false),
        new("map values of a kind", Order("map<string, int32> a = 1;"), Order("map<string, int64> a = 1;"), true, true, (false, false)),
        new("the value of a map changes a field", Order("map<string, Line> a = 1;", Line), Order("map<string, Line> a = 1;", Line.Replace("int32", "string", StringComparison.Ordinal)), false, false),
        new("a map and the entries of a compiler", Order("map<string, int32> a = 1;"), Order("repeated AEntry a = 1;", "message AEntry { option map_entry = true; string key = 1; int32 value = 2; }"), true, true, (false, false)),
        new("a map to a message", Order("map<string, int32> a = 1;", Line), Order("Line a = 1;", Line), false, false),
        new("names qualified", Order("Line a = 1;", Line), Order(".shop.Order.Line a = 1;", Line), true, true, (false, false)),
        new("the inner of two messages of one name is meant", Order("Line a = 1;", Line) + "message Line { double x = 1; }", Order("Order.Line a = 1;", Line) + "message Line { double x = 1; }", true, true, (false, false)),
        new("a message that holds itself", Order("Order a = 1;"), Order("Order a = 1;", "string b = 2;"), true, true, (true, false)),
        new("messages that hold one another, a field changes", Order("B b = 1;") + "message B { Order a = 1; int32 c = 2; }", Order("B b = 1;") + "message B { Order a = 1; string c = 2; }", false, false),
        new("a known type", """syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto"; message Order { google.protobuf.Timestamp at = 1; }""", """syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto"; message Order { .google.protobuf.Timestamp at = 1; string b = 2; }""", true, true, (true, false)),
        new("a known type to another", """syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; message Order { google.protobuf.Timestamp at = 1; }""", """syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; message Order { google.protobuf.Duration at = 1; }""", false, false),
        new("required removed", Order2("required string id = 1;", "optional string b = 2;"), Order2("optional string b = 2;"), false, false),
        new("a required number to optional", Order2("required int32 a = 1;"), Order2("optional int32 a = 1;"), false, false),
        new("a group to a message of its name", Order2("optional group Detail = 1 { optional string a = 1; }"), Order2("optional Detail detail = 1;", "message Detail { optional string a = 1; }"), false, false, (true, false)),
        new("a group whose field changes", Order2("optional group Detail = 1 { optional string a = 1; }"), Order2("optional group Detail = 1 { optional int32 a = 1; }"), false, false, (true, true)),
        new("a field moves out of a oneof", Order("oneof more { string id = 1; string note = 2; }"), Order("string note = 2;", "oneof more { string id = 1; }"), true, false, (true, true)),
        new("a field moves into a new oneof and changes its type", Order(Id, "string note = 2;"), Order(Id, "oneof more { int32 note = 2; }"), false, false),
        new("a oneof of one case is dissolved", Order("oneof more { string id = 1; }"), Order(Id), true, true),
        new("a oneof is dissolved", Order("oneof more { string id = 1; string note = 2; }"), Order(Id, "string note = 2;"), true, false, (true, true)),
        new("two oneofs become one", Order("oneof a { string id = 1; } oneof b { string note = 2; }"), Order("oneof a { string id = 1; string note = 2; }"), false, true, (true, true)),
        new("syntax proto2 to proto3", Order2("optional string id = 1;"), Order("optional string id = 1;"), true, true),
    ];

    /// <summary>What Confluent's registry lets through, and our check does not.</summary>
    public static IReadOnlyList<string> LetThrough { get; } = ["a number becomes `repeated`", "an `optional` text becomes `required`"];

    private static string Order(params string[] parts) => $"syntax = \"proto3\"; package shop; message Order {{ {string.Join(' ', parts)} }}";

    private static string Order2(params string[] parts) => $"syntax = \"proto2\"; package shop; message Order {{ {string.Join(' ', parts)} }}";
}
