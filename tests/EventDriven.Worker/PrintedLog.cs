using Microsoft.Extensions.Logging;

namespace EventDriven.Worker;

/// <summary>Prints the number of each event that is logged: <c>log 6011</c>.</summary>
internal sealed class PrintedLog(Printed printed) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => printed.WriteLine($"log {eventId.Id}");

    public void Dispose()
    {
    }
}
