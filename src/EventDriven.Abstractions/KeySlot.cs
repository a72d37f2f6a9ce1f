namespace EventDriven;

/// <summary>Where a context keeps its deserialized key; used again for the next event, so that a key of a value type is not boxed.</summary>
internal abstract class KeySlot
{
    public bool IsSet { get; protected set; }

    public abstract void Clear();
}
