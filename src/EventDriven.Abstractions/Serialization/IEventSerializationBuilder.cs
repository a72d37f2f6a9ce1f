namespace EventDriven;

/// <summary>The seam through which a serializer package plugs in: producer, consumer and key builders implement it.</summary>
public interface IEventSerializationBuilder
{
    /// <summary>Sets where the serializers come from, in place of the default (System.Text.Json for values).</summary>
    /// <param name="factory">Called once, at start, with the root services.</param>
    void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory);
}
