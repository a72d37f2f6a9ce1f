namespace EventDriven.Testing;

/// <summary>What a test expected of the events of a service is not so. The message says what was expected and lists what was there.</summary>
public sealed class EventAssertionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EventAssertionException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What was expected, and what was there.</param>
    public EventAssertionException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What was expected, and what was there.</param>
    /// <param name="innerException">The cause.</param>
    public EventAssertionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
