using EventDriven.SchemaRegistry.Testing;
using Google.Protobuf.Reflection;
using Shop;
using Shop.Old;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

/// <summary>The text of a file and what the compiler made of it say the same to the check of contracts.</summary>
public sealed class ProtobufSourceTests
{
    public static TheoryData<FileDescriptor> Files => new(OrdersReflection.Descriptor, OldReflection.Descriptor, MoneyReflection.Descriptor, CurrencyReflection.Descriptor);

    [Theory]
    [MemberData(nameof(Files), DisableDiscoveryEnumeration = true)]
    public void A_text_and_its_descriptor_are_the_same(FileDescriptor file)
    {
        var text = Describe(TextOf(file), file.Dependencies.Where(IsOwn).Select(TextOf));
        var descriptor = Describe(file.SerializedData.ToBase64(), file.Dependencies.Where(IsOwn).Select(static import => import.SerializedData.ToBase64()));

        Assert.NotEmpty(text);
        Assert.Equal(descriptor, text);
    }

    [Fact]
    public void What_a_file_may_have_is_read_or_stepped_over()
    {
        var fields = Describe(ProtoFileTests.Everything, []);

        Assert.Equal(
            [
                "shop.all.First.message = 1: Required Text string", "shop.all.First.inner = 2: Optional Message shop.all.First.Inner", "shop.all.First.by_name = 3: None Map map<string, shop.all.First>",
                "shop.all.First.result = 4: Repeated Group shop.all.First.Result", "shop.all.First.choice.a = 6: None Text string", "shop.all.First.choice.picked = 7: None Group shop.all.First.Picked",
                "shop.all.First.Result.url = 5: Optional Text string", "shop.all.Second.package = 1: None Text string",
            ],
            fields);
    }

    private static bool IsOwn(FileDescriptor file) => file.Name.StartsWith("shop/", StringComparison.Ordinal);

    private static string TextOf(FileDescriptor file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "EventDriven.sln"))) directory = directory.Parent!;
        return File.ReadAllText(Path.Combine(directory.FullName, "tests", "EventDriven.SchemaRegistry.Protobuf.Tests", "Protos", file.Name));
    }

    private static string[] Describe(string text, IEnumerable<string> imports)
    {
        var file = ProtobufSource.Parse(text);
        var types = new ProtobufTypes(file, imports.Select(ProtobufSource.Parse));
        return [.. file.Messages.SelectMany(Of)];

        IEnumerable<string> Of(ProtobufMessage message) => message.IsMapEntry
            ? []
            : message.Fields.Select(field => Line(message, field)).Concat(message.Messages.OrderBy(static nested => nested.Name, StringComparer.Ordinal).SelectMany(Of));

        string Line(ProtobufMessage message, ProtobufField field)
        {
            var type = types.Of(field, message);

            // The compiler says of a map that it is repeated.
            return $"{message.FullName}.{(field.OneOf is null ? "" : $"{field.OneOf}.")}{field.Name} = {field.Number}: {(type.Kind is ProtobufKind.Map ? ProtobufLabel.None : field.Label)} {type.Kind} {type.Display}";
        }
    }
}
