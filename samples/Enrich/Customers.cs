using System.Collections.Concurrent;
using EventDriven;

namespace Enrich;

/// <summary>The customers as this process knows them: each process reads all of them.</summary>
internal sealed class Customers
{
    private readonly ConcurrentDictionary<string, Customer> _all = new();

    public void Add(Customer customer) => _all[customer.Id] = customer;

    public Customer Get(string id) => _all.TryGetValue(id, out var customer) ? customer : throw new CustomerNotYetKnownException(id);
}

internal sealed class KeepCustomer(Customers customers) : IEventHandler<Customer>
{
    public ValueTask HandleAsync(Customer customer, EventContext context, CancellationToken cancellationToken)
    {
        customers.Add(customer);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The customer has not been read yet: the order waits, without an attempt being counted.</summary>
internal sealed class CustomerNotYetKnownException(string id) : Exception($"Customer {id} is not known yet.");
