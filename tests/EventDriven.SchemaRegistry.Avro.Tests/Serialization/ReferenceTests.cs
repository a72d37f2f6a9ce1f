using EventDriven.SchemaRegistry.Avro.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Avro.Tests.Serialization;

/// <summary>What is wrong with a given schema and those that it refers to is told when the serializer is made.</summary>
public sealed class ReferenceTests
{
    private const string Money = """{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}""";
    private const string Placed = """{"type":"record","name":"Placed","namespace":"shop","fields":[{"name":"total","type":"Money"}]}""";
    private const string Cancelled = """{"type":"record","name":"Cancelled","namespace":"shop","fields":[]}""";

    [Theory]
    [InlineData("""["shop.Placed","shop.Gone"]""", "names 'shop.Gone', which neither it nor what it refers to has defined before")]
    [InlineData("""["shop.Circle","shop.Cancelled"]""", "The schema 'shop.Circle' refers to itself through others, and can't be registered before itself.")]
    [InlineData("""["shop.Other","shop.Cancelled"]""", "The schema that was given as 'shop.Other' is shop.Renamed. Give each under the full name of the type that it defines.")]
    [InlineData("""["shop.Broken","shop.Cancelled"]""", "The schema is not valid JSON")]
    [InlineData("""["shop.Money","shop.Cancelled"]""", "Which of [shop.Money, shop.Cancelled] it is can't be told by its name, shop.Placed. Give it the name of one of them, by [AvroType]")]
    [InlineData("""["a.Placed","b.Placed"]""", "Which of [a.Placed, b.Placed] it is can't be told by its name, shop.Placed.")]
    [InlineData("""["string","int"]""", "Which of [string, int] it is can't be told by its name, shop.Placed.")]
    public void A_schema_that_the_type_can_not_be_written_in_is_told(string schema, string reason) =>
        Assert.Contains(reason, Assert.Throws<NotSupportedException>(() => Create<PlacedEvent>(options => Give(options, schema))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""["shop.Placed","shop.Cancelled"]""", "shop.Placed")]
    [InlineData("""["other.Placed",{"type":"record","name":"Own","fields":[]}]""", "other.Placed")]
    [InlineData("""["null","shop.Cancelled","other.Placed","shop.Placed"]""", "shop.Placed")]
    [InlineData("\"shop.Placed\"", "shop.Placed")]
    [InlineData("""["shop.Money","shop.Cancelled"]""", null)]
    public void An_event_has_the_name_of_its_branch(string schema, string? name)
    {
        var factory = Factory(options => Give(options, schema));

        Assert.Equal(name, ((IEventTypeReader)factory).NameOf<PlacedEvent>());
    }

    [Fact]
    public void References_of_nothing_are_told()
    {
        Assert.Contains("AvroOptions.AddReference is for a schema that is given", Assert.Throws<NotSupportedException>(() => Create<PlacedEvent>(Refer)).Message, StringComparison.Ordinal);
        Assert.Contains("has a schema of its own", Assert.Throws<NotSupportedException>(() => Create<SpecificOrder>(Refer)).Message, StringComparison.Ordinal);
        Assert.Contains("Leave out one", Assert.Throws<NotSupportedException>(() => new FactoryBuilder().UseAvro(Tests.Generated.TestContext.Default, Refer).Factory!(Services()).Create<UnionTests.Cancelled>(EventComponent.Value)).Message, StringComparison.Ordinal);

        static void Refer(AvroOptions options) => options.AddReference("shop.Money", "money", Money);
    }

    [Fact]
    public void What_a_schema_refers_to_is_shown_with_it_each_once_and_what_it_does_not_use_is_left_out()
    {
        var schema = ((IEventSchema)Create<PlacedEvent>(options => Give(options, """["shop.Placed","shop.Money","shop.Cancelled"]"""))).Describe("orders", EventComponent.Value);

        Assert.Equal(["shop.Money", "shop.Placed", "shop.Cancelled"], schema!.References.Select(static reference => reference.Name));
        Assert.Equal("""["shop.Placed","shop.Money","shop.Cancelled"]""", schema.Text);
    }

    private static void Give(AvroOptions options, string schema)
    {
        options.Schema = schema;
        options.AddReference("shop.Placed", "placed", Placed).AddReference("shop.Cancelled", "cancelled", Cancelled).AddReference("shop.Money", "money", Money)
            .AddReference("other.Placed", "other", """{"type":"record","name":"other.Placed","fields":[{"name":"total","type":"shop.Money"}]}""")
            .AddReference("a.Placed", "a", """{"type":"record","name":"a.Placed","fields":[]}""").AddReference("b.Placed", "b", """{"type":"record","name":"b.Placed","fields":[]}""")
            .AddReference("shop.Circle", "circle", """{"type":"record","name":"shop.Circle","fields":[{"name":"back","type":"Back"}]}""")
            .AddReference("shop.Back", "back", """{"type":"record","name":"shop.Back","fields":[{"name":"circle","type":["null","Circle"]}]}""")
            .AddReference("shop.Other", "renamed", """{"type":"record","name":"shop.Renamed","fields":[]}""").AddReference("shop.Broken", "broken", "{");
    }

    private static IEventSerializer<T> Create<T>(Action<AvroOptions> configure) => Factory(configure).Create<T>(EventComponent.Value);

    private static IEventSerializerFactory Factory(Action<AvroOptions> configure) => new FactoryBuilder().UseAvro(configure).Factory!(Services());

    private static ServiceProvider Services() => new ServiceCollection().AddSchemaRegistry("Registry", static options => options.Urls = ["http://localhost:1"]).BuildServiceProvider();

    [AvroType(Name = "Placed", Namespace = "shop")]
    public sealed record PlacedEvent(MoneyOf Total);

    [AvroType(Name = "Money", Namespace = "shop")]
    public sealed record MoneyOf(long Cents);
}
