using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>The folder with the approved schemas: one folder for each subject, one file for each version, and beside it one for what the schema refers to.</summary>
internal sealed class ContractFolder(string root)
{
    private const string References = ".references.json";

    private static readonly (string Format, string Extension)[] Extensions = [("AVRO", ".avsc"), ("JSON", ".json"), ("PROTOBUF", ".proto")];

    // For people, who read differences of it.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="InvalidOperationException">The folder of the test is not on this machine.</exception>
    public static ContractFolder Find(string? given, string testFile)
    {
        if (given is not null) return new ContractFolder(given);

        var parts = (Path.GetDirectoryName(testFile) ?? "").Split('/', '\\');
        if (Directory.Exists(string.Join(Path.DirectorySeparatorChar, parts)) && parts.Any(static part => part.Length > 0)) return new ContractFolder(Path.Combine(string.Join(Path.DirectorySeparatorChar, parts), "Contracts"));

        // A deterministic build maps paths: what is left of it is looked for above the test's assembly.
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            for (var skipped = 1; skipped < parts.Length; skipped++)
            {
                var candidate = Path.Combine([directory.FullName, .. parts[skipped..]]);
                if (File.Exists(Path.Combine(candidate, Path.GetFileName(testFile.Replace('\\', '/'))))) return new ContractFolder(Path.Combine(candidate, "Contracts"));
            }
        }

        throw new InvalidOperationException($"The folder of the test, {testFile}, is not on this machine, so the approved schemas beside it can't be found. Set {nameof(EventContractOptions)}.{nameof(EventContractOptions.Directory)}.");
    }

    /// <summary>Where the versions of a contract are. What is only read stands apart: it may be a part of what others write.</summary>
    public string PathOf(EventContract contract)
    {
        var subject = Uri.EscapeDataString(contract.Schema.Subject);
        return contract.IsProduced ? Path.Combine(root, subject) : Path.Combine(root, $"{subject}.consumed", Uri.EscapeDataString(contract.Schema.Name ?? contract.EventType.Name));
    }

    public string FileOf(EventContract contract, int version) =>
        Path.Combine(PathOf(contract), version.ToString(CultureInfo.InvariantCulture) + Array.Find(Extensions, known => known.Format == contract.Schema.Format).Extension);

    /// <summary>What was approved, oldest first.</summary>
    public IReadOnlyList<ApprovedSchema> VersionsOf(EventContract contract)
    {
        var path = PathOf(contract);
        if (!Directory.Exists(path)) return [];

        return
        [
            .. from file in Directory.GetFiles(path)
               let format = Array.Find(Extensions, known => known.Extension == Path.GetExtension(file)).Format
               where format is not null && int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out _)
               let version = int.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture)
               orderby version
               select new ApprovedSchema(version, new EventSchema(format, contract.Schema.Subject, File.ReadAllText(file)) { References = ReadReferences(Path.ChangeExtension(file, References)) }),
        ];
    }

    public void Write(EventContract contract, int version)
    {
        var file = FileOf(contract, version);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, contract.Schema.Format == "PROTOBUF" ? contract.Schema.Text : JsonNode.Parse(contract.Schema.Text)!.ToJsonString(Layout) + "\n");
        if (contract.Schema.References.Count == 0) return;

        var references = new JsonArray([.. contract.Schema.References.Select(static reference => new JsonObject { ["name"] = reference.Name, ["text"] = reference.Text })]);
        File.WriteAllText(Path.ChangeExtension(file, References), references.ToJsonString(Layout) + "\n");
    }

    private static EventSchemaReference[] ReadReferences(string file) => File.Exists(file)
        ? [.. JsonNode.Parse(File.ReadAllText(file))!.AsArray().Select(static reference => new EventSchemaReference((string)reference!["name"]!, (string)reference["text"]!))]
        : [];
}
