using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Orders.Data;

namespace Orders.Tests;

/// <summary>A database that does not answer the first time an order is to be written.</summary>
internal sealed class FailOnce : SaveChangesInterceptor
{
    private int _failed;

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context!.ChangeTracker.Entries<Order>().Any() && Interlocked.Exchange(ref _failed, 1) == 0) throw new TimeoutException("The database does not answer.");

        return base.SavingChangesAsync(eventData, result, cancellationToken);
    }
}
