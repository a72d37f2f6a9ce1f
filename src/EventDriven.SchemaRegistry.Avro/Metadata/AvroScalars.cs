using System.ComponentModel;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>The types without parts. For generated code. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
#pragma warning disable CA1720 // They are called as the types are.
public static class AvroScalars
{
    /// <summary><see cref="bool"/>.</summary>
    public static AvroTypeInfo<bool> Boolean { get; } = new AvroScalarInfo<bool>(ScalarReads.Boolean, ScalarWrites.Boolean);

    /// <summary><see cref="sbyte"/>.</summary>
    public static AvroTypeInfo<sbyte> SByte { get; } = new AvroScalarInfo<sbyte>(ScalarReads.Integer<sbyte>, ScalarWrites.Integer<sbyte>);

    /// <summary><see cref="byte"/>.</summary>
    public static AvroTypeInfo<byte> Byte { get; } = new AvroScalarInfo<byte>(ScalarReads.Integer<byte>, ScalarWrites.Integer<byte>);

    /// <summary><see cref="short"/>.</summary>
    public static AvroTypeInfo<short> Int16 { get; } = new AvroScalarInfo<short>(ScalarReads.Integer<short>, ScalarWrites.Integer<short>);

    /// <summary><see cref="ushort"/>.</summary>
    public static AvroTypeInfo<ushort> UInt16 { get; } = new AvroScalarInfo<ushort>(ScalarReads.Integer<ushort>, ScalarWrites.Integer<ushort>);

    /// <summary><see cref="int"/>.</summary>
    public static AvroTypeInfo<int> Int32 { get; } = new AvroScalarInfo<int>(ScalarReads.Integer<int>, ScalarWrites.Integer<int>);

    /// <summary><see cref="uint"/>.</summary>
    public static AvroTypeInfo<uint> UInt32 { get; } = new AvroScalarInfo<uint>(ScalarReads.Integer<uint>, ScalarWrites.Integer<uint>);

    /// <summary><see cref="long"/>.</summary>
    public static AvroTypeInfo<long> Int64 { get; } = new AvroScalarInfo<long>(ScalarReads.Integer<long>, ScalarWrites.Integer<long>);

    /// <summary><see cref="ulong"/>.</summary>
    public static AvroTypeInfo<ulong> UInt64 { get; } = new AvroScalarInfo<ulong>(ScalarReads.Integer<ulong>, ScalarWrites.Integer<ulong>);

    /// <summary><see cref="float"/>.</summary>
    public static AvroTypeInfo<float> Single { get; } = new AvroScalarInfo<float>(ScalarReads.Float, ScalarWrites.Float);

    /// <summary><see cref="double"/>.</summary>
    public static AvroTypeInfo<double> Double { get; } = new AvroScalarInfo<double>(ScalarReads.Double, ScalarWrites.Double);

    /// <summary><see cref="string"/>.</summary>
    public static AvroTypeInfo<string> String { get; } = new AvroScalarInfo<string>(ScalarReads.Text, ScalarWrites.Text);

    /// <summary>Bytes.</summary>
    public static AvroTypeInfo<byte[]> Bytes { get; } = new AvroScalarInfo<byte[]>(ScalarReads.Bytes, ScalarWrites.Bytes);

    /// <summary><see cref="decimal"/>.</summary>
    public static AvroTypeInfo<decimal> Decimal { get; } = new AvroScalarInfo<decimal>(ScalarReads.Decimal, ScalarWrites.Decimal);

    /// <summary><see cref="Guid"/>.</summary>
    public static AvroTypeInfo<Guid> Guid { get; } = new AvroScalarInfo<Guid>(ScalarReads.Guid, ScalarWrites.Guid);

    /// <summary><see cref="DateTimeOffset"/>.</summary>
    public static AvroTypeInfo<DateTimeOffset> DateTimeOffset { get; } = new AvroScalarInfo<DateTimeOffset>(ScalarReads.Moment, ScalarWrites.Moment);

    /// <summary><see cref="DateTime"/>.</summary>
    public static AvroTypeInfo<DateTime> DateTime { get; } = new AvroScalarInfo<DateTime>(ScalarReads.Time, ScalarWrites.Time);

    /// <summary><see cref="DateOnly"/>.</summary>
    public static AvroTypeInfo<DateOnly> DateOnly { get; } = new AvroScalarInfo<DateOnly>(ScalarReads.Date, ScalarWrites.Date);

    /// <summary><see cref="TimeOnly"/>.</summary>
    public static AvroTypeInfo<TimeOnly> TimeOnly { get; } = new AvroScalarInfo<TimeOnly>(ScalarReads.TimeOfDay, ScalarWrites.TimeOfDay);

    /// <summary><see cref="TimeSpan"/>.</summary>
    public static AvroTypeInfo<TimeSpan> TimeSpan { get; } = new AvroScalarInfo<TimeSpan>(ScalarReads.Span, ScalarWrites.Span);
}
#pragma warning restore CA1720
