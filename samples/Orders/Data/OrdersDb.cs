using Microsoft.EntityFrameworkCore;

namespace Orders.Data;

/// <summary>The database of the service.</summary>
public sealed class OrdersDb(DbContextOptions<OrdersDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Notification> Notifications => Set<Notification>();

    /// <summary>Creates the tables where there are none. A service with a history has migrations instead.</summary>
    public static async Task CreateAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrdersDb>().Database.EnsureCreatedAsync();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        // The ids of the events are the primary keys: that is what makes the handlers idempotent.
        modelBuilder.Entity<Order>().HasKey(order => order.OrderId);
        modelBuilder.Entity<Notification>().HasKey(one => one.OrderId);
        modelBuilder.Entity<Notification>().HasIndex(one => new { one.CustomerId, one.Number }).IsUnique();
    }
}
