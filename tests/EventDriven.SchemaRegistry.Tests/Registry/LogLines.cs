using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>What was logged, by event id.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<int> _ids = new();

    public int[] Ids => [.. _ids];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ids.Enqueue(eventId.Id);
}
