using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>All that a host logs, at every level, exceptions included.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, string Text)> _lines = [];
    private readonly List<(int Id, int Count, TaskCompletionSource<string> Reached)> _waiting = [];

    public string[] Of(int id)
    {
        lock (_gate)
        {
            return [.. _lines.Where(line => line.Id == id).Select(line => line.Text)];
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines.Select(line => $"{line.Id}: {line.Text}"));
        }
    }

    /// <summary>Waits for the line of an id that comes as the given number, and returns its text.</summary>
    public Task<string> WaitForAsync(int id, int count = 1)
    {
        lock (_gate)
        {
            string[] there = Of(id);
            if (there.Length >= count)
            {
                return Task.FromResult(there[count - 1]);
            }

            var reached = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((id, count, reached));
            return reached.Task;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private void Add(int id, string text)
    {
        lock (_gate)
        {
            _lines.Add((id, text));
            int count = _lines.Count(line => line.Id == id);
            foreach (var (_, _, reached) in _waiting.Where(waiting => waiting.Id == id && waiting.Count == count))
            {
                reached.TrySetResult(text);
            }
        }
    }

    private sealed class Logger(LogCapture capture) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            capture.Add(eventId.Id, $"{formatter(state, exception)} {exception}");
    }
}
