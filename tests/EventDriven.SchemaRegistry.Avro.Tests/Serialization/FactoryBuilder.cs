namespace EventDriven.SchemaRegistry.Avro.Tests.Serialization;

/// <summary>Takes what <c>UseAvro</c> plugs into a builder.</summary>
internal sealed class FactoryBuilder : IEventSerializationBuilder
{
    public Func<IServiceProvider, IEventSerializerFactory>? Factory { get; private set; }

    public void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory) => Factory = factory;
}
