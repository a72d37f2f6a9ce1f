namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Where the code of a record that stands in several places is found: it may call itself before it is complete.</summary>
internal sealed class Slot<TDelegate>
    where TDelegate : Delegate
{
    /// <summary>The code. Set once all of the plan is compiled.</summary>
#pragma warning disable CA1051 // A property would be a call in the code that calls it.
    public TDelegate Code = null!;
#pragma warning restore CA1051
}
