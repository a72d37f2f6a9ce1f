using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventDriven.Kafka.Serialization;

/// <summary>
/// System.Text.Json, the default for values. <see cref="string"/>, <c>byte[]</c> and <see cref="ReadOnlyMemory{T}"/> of bytes are not JSON but pass through,
/// text as UTF-8.
/// </summary>
internal sealed class JsonEventSerializerFactory : IEventSerializerFactory
{
    private readonly JsonSerializerOptions _options;

    public JsonEventSerializerFactory(JsonSerializerOptions options) =>
        _options = options.TypeInfoResolver is null ? WithReflection(options) : options;

    /// <summary>
    /// The defaults of the web: camel case, names compared without case. Types are found by reflection where the application has it; trimmed and native
    /// applications have not, and are told at start to name a source-generated context.
    /// </summary>
    public static JsonEventSerializerFactory Default { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public IEventSerializer<T> Create<T>(EventComponent component)
    {
        if (PassThrough<T>() is { } passThrough)
        {
            return passThrough;
        }

        JsonTypeInfo<T> type;
        try
        {
            type = (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException)
        {
            throw new NotSupportedException(
                $"System.Text.Json has no contract for {typeof(T)}: {exception.Message} "
                + $"Name it in a source-generated context ([JsonSerializable(typeof({typeof(T).Name}))]) and pass that with .UseJson(MyContext.Default), or choose another serializer.",
                exception);
        }

        return new JsonEventSerializer<T>(type);
    }

    private static IEventSerializer<T>? PassThrough<T>() =>
        typeof(T) == typeof(byte[]) ? (IEventSerializer<T>)(object)ByteArraySerializer.Instance
        : typeof(T) == typeof(ReadOnlyMemory<byte>) ? (IEventSerializer<T>)(object)ByteMemorySerializer.Instance
        : typeof(T) == typeof(string) ? (IEventSerializer<T>)(object)Utf8Serializer.Instance
        : null;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only where the application keeps reflection-based serialization, which trimming turns off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only where the application keeps reflection-based serialization, which native compilation turns off.")]
    private static JsonSerializerOptions WithReflection(JsonSerializerOptions options) => new(options)
    {
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : JsonTypeInfoResolver.Combine(),
    };
}
