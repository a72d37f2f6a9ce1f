using EventDriven.SchemaRegistry.Protobuf.Schemas;
using EventDriven.SchemaRegistry.Tests.Hostile;
using Google.Protobuf.Reflection;
using Shop;
using Shop.Old;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

public class ProtoFileTests
{
    internal const string Everything = """
        // message Not {
        /* message Neither { */
        syntax = 'proto2';
        package  shop . all ;
        import public "message.proto";
        option java_package = "a { b";
        option (custom) = { message: "}" list: [ { a: 1 } ] };

        enum Kind { option allow_alias = true; A = 0; B = 1 [(x) = { y: "{" }]; reserved 5 to max; }
        extend google.protobuf.FieldOptions { optional string hint = 50001; optional group Extra = 50002 { optional int32 x = 1; } };

        message First {
          ; option deprecated = true;
          reserved 2, 15, 9 to 11; reserved "foo", 'bar\'s';
          extensions 100 to 199 [ declaration = { number: 100 full_name: ".a" type: "message" } ];
          required string message = 1 [default = "message X { }", (o).a.b = 5];
          optional .shop.all.First.Inner inner = 2;
          map < string , First > by_name = 3;
          repeated group Result = 4 [deprecated = true] { optional string url = 5; message InGroup {} }
          oneof choice { option (z) = 1; string a = 6; group Picked = 7 { } }
          message Inner { enum E { Z = 0; } message Deep { } }
          extend First { optional int32 more = 100; }
        }

        service Orders { option (s) = { a: 1 }; rpc Place (First) returns (stream First) { option (h) = { post: "/v1" }; } rpc B (First) returns (First); }
        export message Second { string package = 1; }
        """;

    [Fact]
    public void Whatever_a_file_has_its_messages_are_found_in_their_order()
    {
        var file = ProtoFile.Parse(Everything);

        Assert.False(file.CountsMapEntries);
        Assert.Equal("shop.all.Extra", file.NameOf([0], false));
        Assert.Equal("shop.all.First", file.NameOf([1], false));
        Assert.Equal("shop.all.Second", file.NameOf([2], false));
        Assert.Equal("shop.all.First.Result", file.NameOf([1, 0], false));
        Assert.Equal("shop.all.First.Result.InGroup", file.NameOf([1, 0, 0], false));
        Assert.Equal("shop.all.First.Picked", file.NameOf([1, 1], false));
        Assert.Equal("shop.all.First.Inner.Deep", file.NameOf([1, 2, 0], false));
        Assert.Null(file.NameOf([1, 0], true));
        Assert.Equal("shop.all.First.Result", file.NameOf([1, 1], true));
        Assert.Null(file.NameOf([3], false));
        Assert.Null(file.NameOf([int.MaxValue], true));
        Assert.Null(file.NameOf([2, 0], false));
        Assert.Equal((int[])[1, 2, 0], file.PathOf("shop.all.First.Inner.Deep", false));
        Assert.Equal((int[])[1, 3, 0], file.PathOf("shop.all.First.Inner.Deep", true));
        Assert.Null(file.PathOf("shop.all.First.Nothing", false));
        Assert.Null(file.PathOf("First", false));
    }

    [Fact]
    public void Messages_of_the_compilers_descriptors_have_the_indexes_that_the_library_gives_them()
    {
        foreach (var descriptor in (FileDescriptor[])[OrderPlaced.Descriptor.File, Strict.Descriptor.File, FileDescriptor.DescriptorProtoFileDescriptor])
        {
            var file = ProtoFile.Parse(descriptor.SerializedData.ToBase64());
            Assert.True(file.CountsMapEntries);
            Check(file, descriptor.MessageTypes, []);
        }

        static void Check(ProtoFile file, IList<MessageDescriptor> messages, int[] above)
        {
            for (var i = 0; i < messages.Count; i++)
            {
                int[] path = [.. above, i];
                Check(file, messages[i].NestedTypes, path);
                if (messages[i].GetOptions()?.MapEntry is true)
                {
                    Assert.Null(file.NameOf(path, true));
                    continue;
                }

                Assert.Equal(messages[i].FullName, file.NameOf(path, true));
                Assert.Equal(path, file.PathOf(messages[i].FullName, true));
            }
        }
    }

    [Fact]
    public void Entries_of_map_fields_that_a_registry_has_written_out_are_known_for_what_they_are()
    {
        var file = ProtoFile.Parse("message A { repeated TagsEntry tags = 1; message TagsEntry { option map_entry = true; string key = 1; string value = 2; } message Note { } }");

        Assert.True(file.CountsMapEntries);
        Assert.Equal((int[])[0, 1], file.PathOf("A.Note", file.CountsMapEntries));
        Assert.Equal("A.Note", file.NameOf([0, 0], false));
        Assert.Null(file.NameOf([0, 0], true));
    }

    [Theory]
    [InlineData("message A {", "it ends too early.")]
    [InlineData("message A { string a = 1; } }", "a statement does not end in line 1.")]
    [InlineData("message A { string a = 1 }", "a statement does not end in line 1.")]
    [InlineData("message { }", "a message has no name in line 1.")]
    [InlineData("message A {\n\"", "a text in quotes does not end in line 2.")]
    [InlineData("/* no end", "a comment does not end in line 1.")]
    [InlineData("option a = {", "it ends too early.")]
    [InlineData("package a", "it ends too early.")]
    [InlineData("{\"type\":\"record\"}", "it ends too early.")]
    [InlineData("AAAA", "")]
    [InlineData("abc", "")]
    public void What_is_no_file_is_told(string text, string reason)
    {
        var error = Assert.Throws<NotSupportedException>(() => ProtoFile.Parse(text));

        Assert.StartsWith("the schema is no .proto file: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_too_deep_in_one_another_and_any_cut_and_change_of_a_file_end_with_an_answer()
    {
        Assert.Contains("more than 64 deep", Assert.Throws<NotSupportedException>(() => ProtoFile.Parse(string.Concat(Enumerable.Repeat("message A {", 1_000_000)))).Message, StringComparison.Ordinal);
        Assert.Contains("ends too early", Assert.Throws<NotSupportedException>(() => ProtoFile.Parse("option a = " + new string('{', 1_000_000))).Message, StringComparison.Ordinal);

        var random = new Random(20261126);
        var base64 = OrderPlaced.Descriptor.File.SerializedData.ToBase64();
        var bounds = new ReadBounds(64 * 1024, forEachByte: 256);
        var files = ReadBounds.Inputs("EVENTDRIVEN_FUZZ", usually: 200_000);
        for (var i = 0; i < files; i++)
        {
            var whole = i % 2 == 0 ? Everything : base64;
            var text = whole.ToCharArray(0, i % 4 < 2 ? random.Next(1, whole.Length) : whole.Length);
            for (var change = random.Next(4); change > 0; change--) text[random.Next(text.Length)] = "{};\"/*=messagA0\n"[random.Next(16)];
            bounds.Check(new string(text), text.Length, IsRead);
        }

        bounds.Tell("files");

        static bool IsRead(string text)
        {
            try
            {
                ProtoFile.Parse(text);
                return true;
            }
            catch (NotSupportedException)
            {
                // The one that it may be.
                return false;
            }
        }
    }
}
