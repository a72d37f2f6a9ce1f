namespace EventDriven.Kafka.Hosting;

/// <summary>Something that handlers may use to the last, such as producers: the host stops it after all consumers have stopped.</summary>
internal interface IStopAfterConsumers
{
    /// <summary>Finishes what is under way, such as events that wait for their acknowledgement.</summary>
    /// <param name="cancellationToken">Fires when the host's shutdown timeout is over.</param>
    /// <exception cref="EventDrivenException">Something could not be finished; the message counts what.</exception>
    ValueTask StopAsync(CancellationToken cancellationToken);
}
