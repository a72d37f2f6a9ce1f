namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Says how many digits a <see cref="decimal"/> has. Without it they are 29, of which 14 stand after the point. A value that does not fit is an error: nothing is rounded.</summary>
/// <param name="precision">How many digits at most, 1 or more.</param>
/// <param name="scale">How many of them after the point, from 0 to the precision.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class AvroDecimalAttribute(int precision, int scale) : Attribute
{
    /// <summary>How many digits at most.</summary>
    public int Precision => precision;

    /// <summary>How many of them after the point.</summary>
    public int Scale => scale;
}
