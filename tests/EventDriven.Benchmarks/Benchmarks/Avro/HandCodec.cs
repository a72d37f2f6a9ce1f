using System.Buffers.Binary;

namespace EventDriven.Benchmarks.Avro;

/// <summary>Both events by hand.</summary>
internal static class HandCodec
{
    private const long EpochMillis = 62_135_596_800_000;

    [ThreadStatic]
    private static byte[]? _scratch;

    public static byte[] Write(AvroOrder order)
    {
        var writer = new HandWriter(_scratch ??= new byte[64 * 1024]);
        Write(ref writer, order);
        return writer.ToArray();
    }

    /// <summary>With the id of its schema in front.</summary>
    public static byte[] WriteFramed(AvroOrder order, int id)
    {
        var writer = new HandWriter(_scratch ??= new byte[64 * 1024]);
        writer.Frame(id);
        Write(ref writer, order);
        return writer.ToArray();
    }

    /// <summary>What was written by the one schema that is known.</summary>
    public static AvroOrder ReadFramed(ReadOnlySpan<byte> bytes, int id) =>
        bytes[0] == 0 && BinaryPrimitives.ReadInt32BigEndian(bytes[1..]) == id ? ReadOrder(bytes[5..]) : throw new InvalidDataException("It was written by another schema.");

    public static AvroOrder ReadOrder(ReadOnlySpan<byte> bytes)
    {
        var reader = new HandReader(bytes);
        return new AvroOrder(
            reader.Text(),
            reader.Text(),
            new DateTime((reader.Long() + EpochMillis) * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc),
            (AvroOrderStatus)reader.Long(),
            reader.Text(),
            reader.Double(),
            ReadLines(ref reader),
            ReadNullable(ref reader));
    }

    public static byte[] Write(LargeOrder order)
    {
        var writer = new HandWriter(_scratch ??= new byte[64 * 1024]);
        writer.Text(order.Id);
        writer.Long(order.Lines.Count);
        foreach (var line in order.Lines)
        {
            writer.Text(line.Sku);
            writer.Long(line.Quantity);
            writer.Money(line.Price);
            WriteNullable(ref writer, line.Note);
        }

        writer.Long(0);
        writer.Long(order.Attributes.Count);
        foreach (var (key, value) in order.Attributes)
        {
            writer.Text(key);
            writer.Text(value);
        }

        writer.Long(0);
        if (order.Payment is LargePayment.Card card)
        {
            writer.Long(0);
            writer.Text(card.Number);
            writer.Long(card.Month);
        }
        else
        {
            writer.Long(1);
            writer.Text(((LargePayment.Transfer)order.Payment).Iban);
        }

        writer.Long(order.Codes.Length);
        foreach (var code in order.Codes) writer.Long(code);
        writer.Long(0);
        return writer.ToArray();
    }

    public static LargeOrder ReadLarge(ReadOnlySpan<byte> bytes)
    {
        var reader = new HandReader(bytes);
        return new LargeOrder(reader.Text(), ReadLargeLines(ref reader), ReadAttributes(ref reader), ReadPayment(ref reader), ReadCodes(ref reader));
    }

    private static void Write(ref HandWriter writer, AvroOrder order)
    {
        writer.Text(order.OrderId);
        writer.Text(order.CustomerId);
        writer.Long((order.PlacedAt.Ticks / TimeSpan.TicksPerMillisecond) - EpochMillis);
        writer.Long((int)order.Status);
        writer.Text(order.Currency);
        writer.Double(order.Total);
        if (order.Lines.Count > 0) writer.Long(order.Lines.Count);
        foreach (var line in order.Lines)
        {
            writer.Text(line.Sku);
            writer.Long(line.Quantity);
            writer.Double(line.Price);
        }

        writer.Long(0);
        WriteNullable(ref writer, order.Note);
    }

    private static List<AvroOrderLine> ReadLines(ref HandReader reader)
    {
        var count = (int)reader.Long();
        var lines = new List<AvroOrderLine>(count);
        for (; count > 0; count = (int)reader.Long())
        {
            for (var i = 0; i < count; i++) lines.Add(new AvroOrderLine(reader.Text(), (int)reader.Long(), reader.Double()));
        }

        return lines;
    }

    private static List<LargeLine> ReadLargeLines(ref HandReader reader)
    {
        var count = (int)reader.Long();
        var lines = new List<LargeLine>(count);
        for (; count > 0; count = (int)reader.Long())
        {
            for (var i = 0; i < count; i++) lines.Add(new LargeLine(reader.Text(), (int)reader.Long(), reader.Money(), ReadNullable(ref reader)));
        }

        return lines;
    }

    private static Dictionary<string, string> ReadAttributes(ref HandReader reader)
    {
        var count = (int)reader.Long();
        var attributes = new Dictionary<string, string>(count);
        for (; count > 0; count = (int)reader.Long())
        {
            for (var i = 0; i < count; i++) attributes[reader.Text()] = reader.Text();
        }

        return attributes;
    }

    private static LargePayment ReadPayment(ref HandReader reader) => reader.Long() == 0 ? new LargePayment.Card(reader.Text(), (int)reader.Long()) : new LargePayment.Transfer(reader.Text());

    private static int[] ReadCodes(ref HandReader reader)
    {
        var codes = new int[(int)reader.Long()];
        for (var i = 0; i < codes.Length; i++) codes[i] = (int)reader.Long();
        reader.Long();
        return codes;
    }

    private static void WriteNullable(ref HandWriter writer, string? text)
    {
        writer.Long(text is null ? 0 : 1);
        if (text is not null) writer.Text(text);
    }

    private static string? ReadNullable(ref HandReader reader) => reader.Long() == 0 ? null : reader.Text();
}
