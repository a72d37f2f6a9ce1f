using System.Buffers.Binary;
using System.Numerics;

namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>Decimals as Avro has them: the digits without the point as two's complement, most significant byte first, as short as can be.</summary>
internal static class AvroDecimal
{
    /// <summary>How many bytes any <see cref="decimal"/> has at any scale that is allowed here.</summary>
    public const int MaximumLength = 128;

    /// <summary>The most digits after the point; beyond it no decimal but zero could be written in less than <see cref="MaximumLength"/> bytes.</summary>
    public const int MaximumScale = 255;

    private const int DecimalScale = 28;

    private static readonly Int128[] Powers = CreatePowers();

    /// <param name="value">What is written.</param>
    /// <param name="precision">How many digits at most.</param>
    /// <param name="scale">How many after the point.</param>
    /// <param name="target">Its last bytes are written.</param>
    /// <returns>How many bytes.</returns>
    public static int Write(decimal value, int precision, int scale, Span<byte> target)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var unscaled = (Int128)new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var own = (bits[3] >> 16) & 0xff;
        if (own > scale)
        {
            var (quotient, remainder) = Int128.DivRem(unscaled, Powers[own - scale]);
            if (remainder != 0) throw new AvroFormatException($"a decimal has more than {scale} digits after the point, and nothing is rounded");
            unscaled = quotient;
        }
        else if (own < scale)
        {
            var by = scale - own;
            if (by >= Powers.Length || unscaled > Int128.MaxValue / Powers[by]) return WriteLarge((BigInteger)unscaled * BigInteger.Pow(10, by), bits[3] < 0, precision, target);
            unscaled *= Powers[by];
        }

        if (precision < Powers.Length && unscaled >= Powers[precision]) throw TooManyDigits(precision);
        if (bits[3] < 0) unscaled = -unscaled;

        BinaryPrimitives.WriteInt128BigEndian(target[^16..], unscaled);
        return 16 - Padding(target[^16..]);
    }

    /// <exception cref="AvroFormatException">No <see cref="decimal"/> has so many digits.</exception>
    public static decimal Read(ReadOnlySpan<byte> bytes, int scale)
    {
        if (bytes.IsEmpty) throw new AvroFormatException("a decimal has no bytes");

        bytes = bytes[Padding(bytes)..];
        if (bytes.Length > MaximumLength) throw new AvroFormatException($"a decimal of {bytes.Length} bytes has more digits than System.Decimal");
        if (bytes.Length > 13 || scale > DecimalScale) return ReadLarge(new BigInteger(bytes, isBigEndian: true), scale);

        Span<byte> whole = stackalloc byte[16];
        whole.Fill((sbyte)bytes[0] < 0 ? (byte)0xff : (byte)0);
        bytes.CopyTo(whole[^bytes.Length..]);
        var unscaled = BinaryPrimitives.ReadInt128BigEndian(whole);
        var magnitude = (UInt128)Int128.Abs(unscaled);
        if (magnitude >> 96 != 0) return ReadLarge(unscaled, scale);

        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), Int128.IsNegative(unscaled), (byte)scale);
    }

    private static int WriteLarge(BigInteger magnitude, bool isNegative, int precision, Span<byte> target)
    {
        if (magnitude >= BigInteger.Pow(10, precision)) throw TooManyDigits(precision);

        Span<byte> bytes = stackalloc byte[MaximumLength];
        if (!(isNegative ? -magnitude : magnitude).TryWriteBytes(bytes, out var length, isBigEndian: true)) throw TooManyDigits(precision);
        bytes[..length].CopyTo(target[^length..]);
        return length;
    }

    /// <summary>Zeros at the end may be all that is too much.</summary>
    private static decimal ReadLarge(BigInteger unscaled, int scale)
    {
        var magnitude = BigInteger.Abs(unscaled);
        while (scale > 0 && (scale > DecimalScale || magnitude.GetBitLength() > 96))
        {
            var (quotient, remainder) = BigInteger.DivRem(magnitude, 10);
            if (!remainder.IsZero) break;
            magnitude = quotient;
            scale--;
        }

        if (scale > DecimalScale || magnitude.GetBitLength() > 96) throw new AvroFormatException("a decimal has more digits than System.Decimal");

        var bits = (UInt128)magnitude;
        return new decimal((int)(uint)bits, (int)(uint)(bits >> 32), (int)(uint)(bits >> 64), unscaled.Sign < 0, (byte)scale);
    }

    /// <summary>How many bytes at the start only repeat the sign.</summary>
    private static int Padding(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length - 1 && ((bytes[i] == 0 && (sbyte)bytes[i + 1] >= 0) || (bytes[i] == 0xff && (sbyte)bytes[i + 1] < 0))) i++;
        return i;
    }

    private static AvroFormatException TooManyDigits(int precision) => new($"a decimal has more than {precision} digits");

    private static Int128[] CreatePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
