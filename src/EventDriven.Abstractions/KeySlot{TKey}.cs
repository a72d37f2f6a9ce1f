namespace EventDriven;

/// <inheritdoc/>
internal sealed class KeySlot<TKey> : KeySlot
{
    public TKey? Value { get; private set; }

    public void Set(TKey value)
    {
        Value = value;
        IsSet = true;
    }

    public override void Clear()
    {
        Value = default;
        IsSet = false;
    }
}
