using System.Text.RegularExpressions;

namespace EventDriven.Docs.Tests;

/// <summary>
/// What the documentation shows is what compiles: each C# block of a page stands, line by line, in a file of the folder Snippets or of the sample Orders
/// (or is a step of the five-minute path, which CI follows as it is written).
/// </summary>
public sealed partial class DocumentationTests
{
    private static readonly string Root = Repository.Root;

    private static readonly string[] Sources = [Path.Combine("tests", "EventDriven.Docs.Tests", "Snippets"), Path.Combine("samples", "Orders"), Path.Combine("tests", "Orders.Tests")];

    public static TheoryData<string> Pages =>
        [.. new[] { "README.md", "CONTRIBUTING.md", Path.Combine("samples", "Orders", "README.md") }.Concat(Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(static file => Path.GetRelativePath(Root, file)))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_code_of_a_page_compiles(string page)
    {
        var snippets = Sources.SelectMany(static folder => Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(static file => Lines(File.ReadAllText(file))).ToArray();

        var missing = CodeBlock().Matches(Read(page))
            .Where(static block => !block.Groups["before"].Value.Contains("five-minute-path: file", StringComparison.Ordinal))
            .Select(static block => Lines(block.Groups["code"].Value))
            .Where(code => !snippets.Any(snippet => Contains(snippet, code)))
            .Select(static code => string.Join('\n', code));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_links_of_a_page_lead_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, page))!;

        var dead = Link().Matches(Read(page)).Select(static link => link.Groups["target"].Value)
            .Where(static target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Leads(folder, page, target));

        Assert.Empty(dead);
    }

    private static bool Leads(string folder, string page, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? Path.Combine(Root, page) : Path.Combine(folder, parts[0]);
        if (parts.Length == 1) return File.Exists(file) || Directory.Exists(file);

        return File.Exists(file) && Heading().Matches(File.ReadAllText(file)).Any(heading => Anchor(heading.Groups["text"].Value.Trim()) == parts[1]);
    }

    private static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    private static string Read(string page) => Repository.Read(page);

    private static string[] Lines(string code) =>
        [.. code.ReplaceLineEndings("\n").Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0)];

    private static bool Contains(string[] snippet, string[] code) =>
        Enumerable.Range(0, Math.Max(0, snippet.Length - code.Length + 1)).Any(start => snippet.AsSpan(start, code.Length).SequenceEqual(code));

    [GeneratedRegex(@"(?<before>[^\n]*)\n```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
