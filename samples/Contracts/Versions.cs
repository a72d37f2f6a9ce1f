using EventDriven.SchemaRegistry.Avro;

namespace Contracts
{
    namespace Version1
    {
        /// <summary>The event as it was first agreed on.</summary>
        [AvroType(Namespace = "shop")]
        public sealed record OrderPlaced(string OrderId, [property: AvroDecimal(18, 2)] decimal Total);
    }

    namespace Version2
    {
        /// <summary>The total is called amount now, under its old name too, and there is a currency, with a default for events that have none.</summary>
        [AvroType(Namespace = "shop")]
        public sealed record OrderPlaced(string OrderId, [property: AvroDecimal(18, 2), AvroField("amount", Aliases = ["total"])] decimal Amount, string Currency = "EUR");
    }

    namespace Careless
    {
        /// <summary>What somebody in a hurry would do: rename without an alias, and add without a default.</summary>
        [AvroType(Namespace = "shop")]
        public sealed record OrderPlaced(string OrderId, [property: AvroDecimal(18, 2)] decimal Price, string Channel);
    }
}
