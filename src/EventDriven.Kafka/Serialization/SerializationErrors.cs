namespace EventDriven.Kafka.Serialization;

/// <summary>The exceptions of the built-in serializers. Their messages never show content; the pipeline adds where the bytes come from.</summary>
internal static class SerializationErrors
{
    public static EventSerializationException Unreadable<T>(EventSerializationContext context, string reason, Exception? exception = null) =>
        new($"The {Name(context)} of a record of topic '{context.Topic}' is no {typeof(T)}: {reason}", typeof(T), exception);

    public static EventSerializationException Unwritable<T>(EventSerializationContext context, string reason, Exception? exception = null) =>
        new($"A {typeof(T)} can't be written as the {Name(context)} of a record of topic '{context.Topic}': {reason}", typeof(T), exception);

    private static string Name(EventSerializationContext context) => context.Component is EventComponent.Key ? "key" : "value";
}
