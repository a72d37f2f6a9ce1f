using Microsoft.Extensions.Logging;

namespace EventDriven.Chaos.Workers;

/// <summary>
/// Keeps what the library logs as text, for people, and takes from it what the oracle needs to know: which partitions the member was given, gave up and lost.
/// It uses only what every application sees, the stable ids of those messages.
/// </summary>
internal sealed class LibraryLog(RunLog runs, string file) : ILoggerProvider, ILogger
{
    private readonly StreamWriter _text = new(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        switch (eventId.Id)
        {
            case 100:
                WritePartitions("assigned", values);
                break;

            case 101:
                WritePartitions(Value(values, "Drained") == bool.TrueString ? "revoked" : "overdue", values);
                break;

            case 102:
                WritePartitions("lost", values);
                break;

            // The partition begins again, in an epoch of its own: where the client has gone back to, or at its committed position.
            case 106 or 150:
                runs.Write(eventId.Id == 106 ? "back" : "again", Value(values, "Consumer"), $"{Value(values, "Topic")}[{Value(values, "Partition")}]");
                break;

            // Its client was not closed in time: what it was to commit last may not be committed.
            case 144:
                runs.Write("abandoned", Value(values, "Consumer"));
                break;

            // The consumer ends, or begins again with another client.
            case 141 or 142 or 145 or 146:
                runs.Write("ended", Value(values, "Consumer"));
                break;
        }

        lock (_gate)
        {
            _text.WriteLine($"{Monotonic.Now} {logLevel} {eventId.Id} {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
        }
    }

    public void Dispose() => _text.Dispose();

    private static string Value(IReadOnlyList<KeyValuePair<string, object?>> values, string name) =>
        values.FirstOrDefault(value => value.Key == name).Value?.ToString() ?? "-";

    private void WritePartitions(string verb, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        foreach (var partition in Value(values, "Partitions").Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            runs.Write(verb, Value(values, "Consumer"), partition);
        }
    }
}
