using System.Data.Common;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Batches
{
    public static void Register(IServiceCollection services)
    {
        services.AddEventBatchConsumer<OrderPlaced, SaveOrders>("orders", group: "reporting", maxEvents: 500, maxWait: TimeSpan.FromMilliseconds(200), c => c
            .InKeyOrder(maxConcurrency: 4)
            .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));

        services.AddEventConsumer("orders", group: "search", c => c
            .HandleBatch(100, TimeSpan.FromSeconds(1), async (IReadOnlyList<ReceivedEvent<OrderPlaced>> batch, SearchIndex index, CancellationToken cancellationToken) =>
                await index.WriteAsync(batch.Select(received => received.Event), cancellationToken)));
    }

    public static void Liveness(IServiceCollection services)
    {
        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .AttemptTimeout(TimeSpan.FromSeconds(30))
            .WhenStuck(after: TimeSpan.FromMinutes(10), StuckAction.LeaveGroup)
            .OnFailure(f => f.Retry(3, TimeSpan.FromSeconds(1))));
    }
}

internal sealed class SaveOrders(DbDataSource database) : IBatchEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(IReadOnlyList<ReceivedEvent<OrderPlaced>> batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var commands = connection.CreateBatch();
        commands.Transaction = transaction;
        foreach (var (order, context) in batch)
        {
            // Idempotent: what comes again after a crash changes nothing, and what is newer is not overwritten.
            var command = commands.CreateBatchCommand();
            command.CommandText = """
                insert into orders (id, amount, log_partition, log_offset) values (@id, @amount, @partition, @offset)
                on conflict (id) do update set amount = excluded.amount, log_offset = excluded.log_offset where orders.log_offset < excluded.log_offset
                """;
            Set(command, "id", order.OrderId);
            Set(command, "amount", order.Amount);
            Set(command, "partition", context.Partition);
            Set(command, "offset", context.Offset);
            commands.BatchCommands.Add(command);
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void Set(DbBatchCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}

internal sealed class UploadOrders(SearchIndex index) : IBatchEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(IReadOnlyList<ReceivedEvent<OrderPlaced>> batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            try
            {
                await index.WriteAsync([batch[i].Event], cancellationToken);
            }
            catch (HttpRequestException exception)
            {
                throw new BatchFailedException(i, exception);      // those before it are done
            }
        }
    }
}

internal sealed class SearchIndex
{
    public Task WriteAsync(IEnumerable<OrderPlaced> orders, CancellationToken cancellationToken) => Task.CompletedTask;
}
