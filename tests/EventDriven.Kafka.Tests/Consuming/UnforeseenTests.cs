using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Tests.Pipeline;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>An exception on the poll thread which nobody foresaw ends the client, not the process, and loses nothing (I1, I3).</summary>
public sealed class UnforeseenTests
{
    private static readonly PartitionId Orders = new("orders", 0);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly RecordingLogs _logs = new();
    private readonly InvalidOperationException _bug = new("A bug.");

    [Fact]
    public async Task It_starts_again_with_a_new_client_and_commits_nothing_more_of_the_old_one()
    {
        var (lanes, first, second) = (new ReadyLanes(), new ScriptedSource { Throws = _bug }, new ScriptedSource());
        first.Assign(Orders);
        first.Add(Orders, 0);
        second.Assign(Orders);
        second.Add(Orders, 0);
        var sources = new ScriptedSources(first, second);
        var consumer = Create(sources, lanes, FatalErrorAction.Restart);

        consumer.Start();
        await sources.AllMade.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.True(first is { IsClosed: true, IsDisposed: true });
        var line = Assert.Single(_logs.Lines, static line => line.Level == LogLevel.Critical);
        Assert.Same(_bug, line.Exception);
        Assert.Contains("'orders'", line.Text, StringComparison.Ordinal);

        Assert.True(await consumer.StopAsync(Limit));
        lanes.AssertNextHasEnded();
        Assert.Empty(first.Stored);
    }

    [Fact]
    public async Task Where_a_fatal_error_ends_the_consumer_it_says_why()
    {
        var consumer = Create(new ScriptedSources(new ScriptedSource { Throws = _bug }), new ReadyLanes(), FatalErrorAction.StopConsumer);

        consumer.Start();
        var end = await consumer.Completion.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(ConsumerEndReason.FatalError, end!.Reason);
        Assert.Contains(nameof(InvalidOperationException), end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_without_memory_gets_no_other_client()
    {
        var consumer = Create(new ScriptedSources(new ScriptedSource { Throws = new InsufficientMemoryException() }), new ReadyLanes(), FatalErrorAction.Restart);

        consumer.Start();
        var end = await consumer.Completion.WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(ConsumerEndReason.ProcessInTrouble, end!.Reason);
    }

    private EventConsumer Create(IRecordSourceFactory sources, ILaneQueue lanes, FatalErrorAction onFatalError)
    {
        var settings = new ConsumerSettings
        {
            Name = "orders",
            Cluster = "Kafka",
            Options = new EventConsumerOptions { Topics = ["orders"], Group = "group", OnFatalError = onFatalError, DrainTimeout = TimeSpan.FromMilliseconds(100) },
            CreateClientConfig = () => throw new NotSupportedException(),
        };
        return new EventConsumer(settings, sources, lanes, TimeProvider.System, _logs);
    }

    private sealed class ScriptedSources(params ScriptedSource[] sources) : IRecordSourceFactory
    {
        private readonly ConcurrentQueue<ScriptedSource> _left = new(sources);
        private readonly TaskCompletionSource _allMade = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task AllMade => _allMade.Task;

        public IRecordSource Create(ConsumerGroupProtocol protocol)
        {
            Assert.True(_left.TryDequeue(out var source));
            if (_left.IsEmpty)
            {
                _allMade.TrySetResult();
            }

            return source;
        }
    }
}
