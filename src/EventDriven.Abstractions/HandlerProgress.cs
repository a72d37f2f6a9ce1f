namespace EventDriven;

/// <summary>How far the handler has come in one attempt.</summary>
internal enum HandlerProgress
{
    /// <summary>It was not called.</summary>
    NotStarted = 0,

    /// <summary>It was called and has not returned.</summary>
    Running,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It completed without an exception.</summary>
    Completed,
}
