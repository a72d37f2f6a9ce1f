using EventDriven.Docs.Tests.Reference;

namespace EventDriven.Docs.Tests;

/// <summary>The reference of the options is generated from the options; this compares it, and rewrites it where that is asked for.</summary>
public sealed class ConfigurationReferenceTests
{
    private const string Page = "docs/configuration.md";
    private const string Begin = "<!-- generated: begin -->";
    private const string End = "<!-- generated: end -->";
    private const string Switch = "EVENTDRIVEN_WRITE_DOCS";
    private const string Command = $"{Switch}=1 dotnet run -c Release --project tests/EventDriven.Docs.Tests -- --filter-class '*{nameof(ConfigurationReferenceTests)}'";

    [Fact]
    public void The_reference_of_the_options_is_what_the_options_say()
    {
        var page = Repository.Read(Page);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"{Page} has lost its marks, {Begin} and {End}.");

        var current = $"{page[..(begin + Begin.Length)]}\n\n{new ConfigurationReference().Write()}\n\n{page[end..]}";
        if (Environment.GetEnvironmentVariable(Switch) == "1") File.WriteAllText(Repository.PathOf(Page), current);

        Assert.True(current == Repository.Read(Page), $"{Page} is not what the options say any more. Write it again: {Command}");
    }
}
