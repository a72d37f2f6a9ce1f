using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EventDriven.Docs.Tests.Reference;

/// <summary>The summaries of an assembly, as Markdown.</summary>
internal sealed partial class XmlDocumentation(Assembly assembly)
{
    private readonly Dictionary<string, XElement> _members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
        .ToDictionary(static member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    public string SummaryOf(Type type) => Summary($"T:{type.FullName}");

    public string SummaryOf(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    public string SummaryOf(Type type, string value) => Summary($"F:{type.FullName}.{value}");

    private string Summary(string id) => _members.TryGetValue(id, out var member) && member.Element("summary") is { } summary
        ? Space().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal)
        : throw new InvalidOperationException($"{id} has no summary.");

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement { Name.LocalName: "see" or "paramref" } see => $"`{Name(see)}`",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    /// <summary>The last part of a name; of the value of an enumeration the last two.</summary>
    private static string Name(XElement reference)
    {
        var cref = (reference.Attribute("cref") ?? reference.Attribute("name"))!.Value;
        var parts = Arity().Replace(cref.Split(':')[^1].Split('(')[0], "").Split('.');
        return cref.StartsWith("F:", StringComparison.Ordinal) ? string.Join('.', parts[^2..]) : parts[^1];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();
}
