using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace EventDriven.SchemaRegistry.Protobuf.Schemas;

/// <summary>The files of messages as schemas, each once: as serialized descriptors, in base64, as the client vendor's serializers register them. Thread-safe.</summary>
internal sealed class FileDefinitions(ProtobufOptions options)
{
    /// <summary>What registries and clients bring with them.</summary>
    private static readonly string[] Known = ["google/protobuf/", "google/type/", "confluent/"];

    private readonly ConcurrentDictionary<FileDescriptor, SchemaDefinition> _files = new();
    private readonly ConcurrentDictionary<MessageDescriptor, SchemaDefinition> _messages = new();

    /// <summary>The schema of a message: its file, by its own name.</summary>
    public SchemaDefinition Of(MessageDescriptor message) => _messages.GetOrAdd(message, static (message, files) =>
    {
        var file = files.Of(message.File);
        return new SchemaDefinition(SchemaFormat.Protobuf, file.Text) { Name = message.FullName, Dependencies = file.Dependencies };
    }, this);

    private SchemaDefinition Of(FileDescriptor file) => _files.GetOrAdd(file, static (file, files) => new SchemaDefinition(SchemaFormat.Protobuf, file.SerializedData.ToBase64())
    {
        Dependencies = [.. file.Dependencies.Where(files.IsRegistered).Select(import => new SchemaDependency(import.Name, files.SubjectOf(import.Name), files.Of(import)))],
    }, this);

    private bool IsRegistered(FileDescriptor import) => !options.SkipKnownTypes || !Array.Exists(Known, folder => import.Name.StartsWith(folder, StringComparison.Ordinal));

    private string SubjectOf(string import)
    {
        if (options.ReferenceSubjectNamer is { } namer) return namer(import);
        if (options.ReferenceSubjectNaming is ReferenceSubjectNaming.ReferenceName) return import;

        const string Ending = ".proto";
        return (import.EndsWith(Ending, StringComparison.Ordinal) ? import[..^Ending.Length] : import).Replace('/', '.');
    }
}
