using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Pipeline;

internal sealed record LogLine(LogLevel Level, int Id, string Text, Exception? Exception);

internal sealed class RecordingLogs : ILoggerProvider, ILogger
{
    public ConcurrentQueue<LogLine> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue(new LogLine(logLevel, eventId.Id, formatter(state, exception), exception));

    public void Dispose()
    {
    }
}
