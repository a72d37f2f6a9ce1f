namespace EventDriven.SchemaRegistry.Avro.Tests.Hostile;

/// <summary>What may come in place of an event.</summary>
internal static class HostileBytes
{
    /// <summary>Numbers that no body of some hundred bytes can mean: 2 GiB, -1, one beyond what a long holds, the least and the most of a long, and one that does not end.</summary>
    private static readonly byte[][] s_lies = [.. ((string[])["FEFFFFFF0F", "01", "FFFFFFFFFFFFFFFFFF02", "FFFFFFFFFFFFFFFFFF01", "FEFFFFFFFFFFFFFFFF01", "FFFFFFFFFFFFFFFFFFFFFFFFFF"]).Select(Convert.FromHexString)];

    /// <summary>Bytes of an event that were changed, put in, taken out, doubled or cut off, or bytes at random.</summary>
    public static byte[] Of(Random random, ReadOnlySpan<byte> sample)
    {
        if (random.Next(10) == 0)
        {
            var noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            return noise;
        }

        var bytes = sample.ToArray();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(8))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1 or 2: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 3: bytes[at] = random.Next(2) == 0 ? (byte)0xff : (byte)0; break;
                case 4: bytes = [.. bytes[..at], .. s_lies[random.Next(s_lies.Length)], .. bytes[(at + 1)..]]; break;
                case 5: bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]]; break;
                case 6: bytes = [.. bytes[..at], .. bytes[(at + 1)..]]; break;
                default: bytes = [.. bytes[..at], .. bytes.AsSpan(at, Math.Min(random.Next(20), bytes.Length - at)), .. bytes[at..]]; break;
            }
        }

        return random.Next(5) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }
}
