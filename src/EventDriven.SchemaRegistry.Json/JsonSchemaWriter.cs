using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventDriven.SchemaRegistry.Json;

/// <inheritdoc/>
internal sealed class JsonSchemaWriter<T>(JsonTypeInfo<T> type, JsonValidator? validator) : SchemaWriter<T>
{
    /// <summary>A buffer that has grown larger serves one event and is let go.</summary>
    private const int LargestKept = 1024 * 1024;

    private readonly JsonWriterOptions _options = new()
    {
        Encoder = type.Options.Encoder,
        Indented = type.Options.WriteIndented,
        IndentCharacter = type.Options.IndentCharacter,
        IndentSize = type.Options.IndentSize,
        NewLine = type.Options.NewLine,
        MaxDepth = type.Options.MaxDepth,
        SkipValidation = true,
    };

    private Scratch? _scratch;

    public override byte[] Write(T value, ReadOnlySpan<byte> prefix)
    {
        // One is kept. Calls at the same time make their own.
        var scratch = Interlocked.Exchange(ref _scratch, null) ?? new Scratch(_options);
        try
        {
            scratch.Buffer.Write(prefix);
            JsonSerializer.Serialize(scratch.Writer, value, type);
            scratch.Writer.Flush();
            validator?.Validate(scratch.Buffer.WrittenSpan[prefix.Length..]);
            return scratch.Buffer.WrittenSpan.ToArray();
        }
        finally
        {
            scratch.Writer.Reset();
            scratch.Buffer.ResetWrittenCount();
            if (scratch.Buffer.Capacity <= LargestKept) Volatile.Write(ref _scratch, scratch);
        }
    }

    private sealed class Scratch
    {
        public Scratch(JsonWriterOptions options) => Writer = new Utf8JsonWriter(Buffer, options);

        public ArrayBufferWriter<byte> Buffer { get; } = new(512);

        public Utf8JsonWriter Writer { get; }
    }
}
