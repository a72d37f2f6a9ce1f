using EventDriven.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Orders.Consuming;
using Orders.Data;

namespace Orders.Tests;

/// <summary>A handler alone: a database in memory, a context from the builder, no Kafka.</summary>
public sealed class RecordOrderTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly OrdersDb _db;

    public RecordOrderTests()
    {
        // The database lives as long as the connection.
        _connection.Open();
        _db = new OrdersDb(new DbContextOptionsBuilder<OrdersDb>().UseSqlite(_connection).Options);
        _db.Database.EnsureCreated();
    }

    [Fact]
    public async Task An_order_is_written_with_the_time_of_its_event()
    {
        var placedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var context = new EventContextBuilder().From("orders", partition: 1, offset: 7).WithTimestamp(placedAt).Build();

        await new RecordOrder(_db).HandleAsync(new OrderPlaced("A-1", "ada", 9.95m), context, TestContext.Current.CancellationToken);

        var order = await _db.Orders.AsNoTracking().SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("A-1", "ada", 9.95m, placedAt), (order.OrderId, order.CustomerId, order.Amount, order.PlacedAt));
    }

    [Fact]
    public async Task An_order_that_is_there_already_is_left_as_it_is()
    {
        var context = new EventContextBuilder().Build();
        await new RecordOrder(_db).HandleAsync(new OrderPlaced("A-1", "ada", 9.95m), context, TestContext.Current.CancellationToken);

        await new RecordOrder(_db).HandleAsync(new OrderPlaced("A-1", "ada", 12m), context, TestContext.Current.CancellationToken);

        Assert.Equal(9.95m, (await _db.Orders.AsNoTracking().SingleAsync(TestContext.Current.CancellationToken)).Amount);
    }

    public void Dispose()
    {
        _db.Dispose();
        _connection.Dispose();
    }
}
