namespace EventDriven.Kafka.Pipeline;

/// <summary>How the keys of a consumer are to be read, as it was registered.</summary>
internal abstract class KeyDescriptor
{
    public abstract Type KeyType { get; }

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public abstract string? Problem(IServiceProvider root);

    /// <summary>Makes the serializer; throws where there is none.</summary>
    public abstract object CreateSerializer(IServiceProvider root);

    public abstract KeyReader Compose(string consumer, IServiceProvider root);
}
