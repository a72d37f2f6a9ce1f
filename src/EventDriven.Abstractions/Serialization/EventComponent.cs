namespace EventDriven;

/// <summary>A part of a record.</summary>
public enum EventComponent
{
    /// <summary>The value: the event itself.</summary>
    Value = 0,

    /// <summary>The key.</summary>
    Key,
}
