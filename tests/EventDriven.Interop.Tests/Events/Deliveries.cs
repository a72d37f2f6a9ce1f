using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace EventDriven.Interop.Tests.Events;

/// <summary>Events in Protobuf, and the JSON that the format itself gives them: what the clients of others are to read.</summary>
internal static class Deliveries
{
    public static DeliveryKey Key { get; } = new() { Country = "de", Number = 9_007_199_254_740_993 };

    public static string KeyJson => """{"country":"de","number":"9007199254740993"}""";

    public static Delivery Full { get; } = new()
    {
        OrderId = "o-1",
        Quantity = -3,
        Total = 1L << 40,
        Floor = -2,
        Barcode = ulong.MaxValue,
        Checksum = 0xDEADBEEF,
        Offset = long.MinValue,
        Weight = 12.125,
        Rate = 0.25f,
        Paid = true,
        Signature = ByteString.CopyFrom(0, 1, 254, 255),
        Note = "",
        Status = DeliveryStatus.Sent,
        Parcels = { new Parcel { Article = "Bücher, 鍵, 🙂", Box = new() { Number = 1 } }, new Parcel() },
        Codes = { 1, -1, 300 },
        // One entry: the order of more is nobody's promise.
        Prices = { ["net"] = new Amount { Cents = -123_456, Currency = "EUR" } },
        PlacedAt = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 3, 14, 15, 9, 26, TimeSpan.Zero).AddMicroseconds(535_897)),
        Box = new() { Number = 7 },
    };

    public static string FullJson =>
        """
        {"orderId":"o-1","quantity":-3,"total":"1099511627776","floor":-2,"barcode":"18446744073709551615","checksum":3735928559,"offset":"-9223372036854775808","weight":12.125,"rate":0.25,"paid":true,
         "signature":"AAH+/w==","note":"","status":"DELIVERY_STATUS_SENT","parcels":[{"article":"Bücher, 鍵, 🙂","box":{"number":1}},{}],"codes":[1,-1,300],
         "prices":{"net":{"cents":"-123456","currency":"EUR"}},"placedAt":"2026-03-14T15:09:26.535897Z","box":{"number":7}}
        """;

    /// <summary>Nested: its path has two indexes.</summary>
    public static Parcel.Types.Box Box { get; } = new() { Number = 300 };

    public static string BoxJson => """{"number":300}""";

    public static Shelf.Types.Tag Tag { get; } = new() { Text = "low" };

    public static string TagJson => """{"text":"low"}""";
}
