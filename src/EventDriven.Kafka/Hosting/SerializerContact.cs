namespace EventDriven.Kafka.Hosting;

/// <summary>A serializer of a producer that depends on something outside of the process, such as a schema registry.</summary>
/// <param name="Subject">Whose it is: <c>producer 'orders'</c>.</param>
/// <param name="Topic">Where it writes to.</param>
/// <param name="Component">Whether it is for keys or for values.</param>
/// <param name="Check">What tells whether it can write.</param>
internal sealed record SerializerContact(string Subject, string Topic, EventComponent Component, IEventSerializerCheck Check)
{
    /// <summary>The option that stands for it in errors.</summary>
    public string Property => Component is EventComponent.Key ? "Key" : "Serializer";
}
