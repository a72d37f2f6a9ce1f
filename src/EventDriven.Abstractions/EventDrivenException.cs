namespace EventDriven;

/// <summary>The base of all exceptions that EventDriven throws for what goes wrong at run time.</summary>
public abstract class EventDrivenException : Exception
{
    private protected EventDrivenException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
