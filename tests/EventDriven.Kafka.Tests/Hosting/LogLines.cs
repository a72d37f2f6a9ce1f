using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>The log lines of EventDriven.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly SemaphoreSlim _more = new(0);

    public ConcurrentQueue<(int Id, string Text)> Lines { get; } = [];

    public IEnumerable<string> Of(int id) => Lines.Where(line => line.Id == id).Select(line => line.Text);

    /// <summary>Waits for a line.</summary>
    public async Task UntilAsync(int id)
    {
        while (!Of(id).Any())
        {
            await _more.WaitAsync(EmbeddedService.Patience);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith("EventDriven", StringComparison.Ordinal));

    public void Dispose() => _more.Dispose();

    private sealed class Logger(LogLines lines, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isOurs;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!isOurs) return;

            lines.Lines.Enqueue((eventId.Id, formatter(state, exception)));
            lines._more.Release();
        }
    }
}
