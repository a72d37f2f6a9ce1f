namespace EventDriven.Testing;

/// <summary>
/// The embedded broker cannot be started here, refused an operation, or lost records that a test counts on.
/// The message says which and what to do.
/// </summary>
public sealed class EmbeddedKafkaException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EmbeddedKafkaException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">What happened and what to do.</param>
    public EmbeddedKafkaException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public EmbeddedKafkaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
