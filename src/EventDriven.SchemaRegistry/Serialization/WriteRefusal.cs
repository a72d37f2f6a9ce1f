namespace EventDriven.SchemaRegistry;

/// <summary>Why there is no schema to write a type by: the same words at start and for each event.</summary>
internal static class WriteRefusal
{
    /// <summary>What an event meets.</summary>
    public static EventSerializationException Of(Type type, string topic, EventComponent component, string reason, Exception? exception) =>
        new($"A {type} can't be written as the {NameOf(component)} of a record of topic '{topic}': {reason}", type, exception);

    /// <summary>The reason, and what to do about it.</summary>
    public static string Reason(Exception failure, SchemaUse use) => failure is RegistryRequestException { Failure: RegistryFailure.Absent } && !use.AutoRegister
        ? $"{failure.Message} Register it before its producer is deployed; in development, AutoRegister does it."
        : failure.Message;

    /// <summary>What is told at start: of a schema that is not there also whether it could be registered.</summary>
    /// <exception cref="NotSupportedException">The subject can't be named.</exception>
    public static async ValueTask<string> ExplainAsync(EventSerializationException refused, SchemaSettings settings, SchemaDefinition schema, string topic, EventComponent component, CancellationToken cancellationToken)
    {
        if (refused.InnerException is not RegistryRequestException { Failure: RegistryFailure.Absent } || settings.Use is not { Latest: false, Id: null, LatestWithMetadata: null }) return refused.Message;

        var subject = settings.SubjectOf(topic, component, schema.Name);
        try
        {
            return await settings.Registry.IsCompatibleAsync(subject, schema, cancellationToken).ConfigureAwait(false)
                ? $"{refused.Message} It is compatible with the latest version under '{subject}'."
                : $"{refused.Message} It is not compatible with the latest version under '{subject}', so it can't be registered as it is.";
        }
        catch (RegistryRequestException)
        {
            return $"{refused.Message} There is no version under '{subject}' yet.";
        }
    }

    public static string NameOf(EventComponent component) => component is EventComponent.Key ? "key" : "value";
}
