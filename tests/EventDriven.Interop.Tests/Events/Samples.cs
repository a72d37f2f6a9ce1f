using System.Text.Json.Nodes;
using EventDriven.Interop.Tests.Peers;

namespace EventDriven.Interop.Tests.Events;

/// <summary>Events, and what the clients of others are to read from them.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset PlacedAt = new DateTimeOffset(2026, 3, 14, 15, 9, 26, TimeSpan.Zero).AddMicroseconds(535_897);
    private static readonly Guid Id = Guid.Parse("6f9619ff-8b86-d011-b42d-00c04fc964ff");

    public static ShipmentKey Key { get; } = new("de", 9_007_199_254_740_990);

    public static string KeyJson => """{"country":"de","number":9007199254740990}""";

    public static Shipment Full { get; } = new(
        "o-1", -3, 1L << 40, 12.125, 0.25f, true, [0, 1, 254, 255], "Bücher, 鍵, 🙂", ShipmentStatus.Sent, [new("a", 1), new("b", int.MaxValue)],
        new Dictionary<string, string> { ["gift"] = "yes" }, -1234.56m, PlacedAt, new DateOnly(1969, 12, 31), Id, new Payment.Invoice(30, null));

    public static Shipment Bare { get; } = new(
        "", 0, 0, 0, 0, false, [], null, ShipmentStatus.Packed, [], new Dictionary<string, string>(), 0, DateTimeOffset.UnixEpoch, new DateOnly(1970, 1, 1), Guid.Empty, new Payment.Card("4711"));

    public static Invoice Ascii { get; } = new(
        "o-1", -3, 12.75m, true, null, [new("a", 1, 0.5m), new("b", int.MaxValue, -1m)], new Dictionary<string, int> { ["gift"] = 1 }, new DateTime(2026, 3, 14, 15, 9, 26, DateTimeKind.Utc), Id);

    public static Invoice AnyText { get; } = Ascii with { Note = "Bücher, 鍵, 🙂, \"<>&'+\u2028\\", OrderId = "ö" };

    public static string ToJson(Invoice invoice) =>
        $$"""
        {"orderId":"{{invoice.OrderId}}","number":-3,"total":12.75,"paid":true,"note":{{(invoice.Note is null ? "null" : JsonValue.Create(invoice.Note).ToJsonString())}},
         "lines":[{"article":"a","count":1,"price":0.5},{"article":"b","count":2147483647,"price":-1}],"labels":{"gift":1},"placedAt":"2026-03-14T15:09:26Z","id":"6f9619ff-8b86-d011-b42d-00c04fc964ff"}
        """;

    /// <summary>Node tells logical types as what is below them, and names the branch of a union of records; Python knows both.</summary>
    public static string ToJson(Shipment shipment, PeerKind peer) => (shipment == Full, peer) switch
    {
        (true, PeerKind.Node) =>
            """
            {"orderId":"o-1","quantity":-3,"total":1099511627776,"weight":12.125,"rate":0.25,"paid":true,"signature":{"bytes":"AAH+/w=="},"note":"Bücher, 鍵, 🙂","status":"Sent",
             "lines":[{"article":"a","count":1},{"article":"b","count":2147483647}],"labels":{"gift":"yes"},"price":{"bytes":"/h3A"},"placedAt":1773500966535897,"day":-1,
             "id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","payment":{"EventDriven.Interop.Tests.Events.Invoice":{"days":30,"contact":null}}}
            """,
        (true, _) =>
            """
            {"orderId":"o-1","quantity":-3,"total":1099511627776,"weight":12.125,"rate":0.25,"paid":true,"signature":{"bytes":"AAH+/w=="},"note":"Bücher, 鍵, 🙂","status":"Sent",
             "lines":[{"article":"a","count":1},{"article":"b","count":2147483647}],"labels":{"gift":"yes"},"price":{"decimal":"-1234.56"},"placedAt":{"micros":1773500966535897},"day":{"date":"1969-12-31"},
             "id":"6f9619ff-8b86-d011-b42d-00c04fc964ff","payment":{"days":30,"contact":null}}
            """,
        (false, PeerKind.Node) =>
            """
            {"orderId":"","quantity":0,"total":0,"weight":0,"rate":0,"paid":false,"signature":{"bytes":""},"note":null,"status":"Packed","lines":[],"labels":{},"price":{"bytes":"AA=="},
             "placedAt":0,"day":0,"id":"00000000-0000-0000-0000-000000000000","payment":{"EventDriven.Interop.Tests.Events.Card":{"digits":"4711"}}}
            """,
        _ =>
            """
            {"orderId":"","quantity":0,"total":0,"weight":0.0,"rate":0.0,"paid":false,"signature":{"bytes":""},"note":null,"status":"Packed","lines":[],"labels":{},"price":{"decimal":"0.00"},
             "placedAt":{"micros":0},"day":{"date":"1970-01-01"},"id":"00000000-0000-0000-0000-000000000000","payment":{"digits":"4711"}}
            """,
    };
}
