using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>The log lines of EventDriven.</summary>
internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<(int Id, string Text)> Lines { get; } = [];

    public IEnumerable<string> Of(int id) => Lines.Where(line => line.Id == id).Select(line => line.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith("EventDriven", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Logger(LogLines lines, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isOurs;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isOurs) lines.Lines.Enqueue((eventId.Id, formatter(state, exception)));
        }
    }
}
