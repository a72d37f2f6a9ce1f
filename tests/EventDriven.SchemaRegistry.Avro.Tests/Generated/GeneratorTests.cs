using System.Collections.Immutable;
using EventDriven.SchemaRegistry.Avro.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EventDriven.SchemaRegistry.Avro.Tests.Generated;

/// <summary>The generator inside a compiler: what it refuses and where, and what it does not do again.</summary>
public sealed class GeneratorTests
{
    private const string Head = "using System; using System.Collections.Generic; using EventDriven.SchemaRegistry.Avro;\n";

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(static path => Path.GetFileName(path) is var name
            && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll" || name.StartsWith("EventDriven.", StringComparison.Ordinal)))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    [Theory]
    [InlineData("EDAVRO001", "class C", "[AvroSerializable(typeof(int))] class C : AvroContext { }")]
    [InlineData("EDAVRO001", "class C", "[AvroSerializable(typeof(int))] partial class C { }")]
    [InlineData("EDAVRO001", "class C", "class Outer { [AvroSerializable(typeof(int))] partial class C : AvroContext { } }")]
    [InlineData("EDAVRO002", "Anything", "record E(object Anything); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO002", "Map", "record E(Dictionary<int, string> Map); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO002", "Grid", "record E(int[,] Grid); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO002", "Call", "record E(Action Call); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO002", "class E", "class E { private E() { } } [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO002", "interface I", "interface I { } record E(I Other); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO002", "Secret", "class E { [AvroIgnore] public required string Secret { get; init; } } [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO003", "Inner", "class E { private record P(int X); public object O => 1; [AvroUnion(typeof(P))] public object Inner { get; set; } = 1; } [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO004", "record Ärger", "record Ärger(int A); [AvroSerializable(typeof(Ärger))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO004", "B", "record E(int A, [property: AvroField(\"a\")] int B); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "Number", "record E([property: AvroField(Default = \"\\\"x\\\"\")] int Number); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "Number", "record E([property: AvroField(Default = \"{\")] int Number); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "Number", "record E([property: AvroLogicalType(\"uuid\")] int Number); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "Price", "record E([property: AvroDecimal(2, 3)] decimal Price); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "Text", "record E([property: AvroUnion(typeof(int))] string Text); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "Same", "record E([property: AvroUnion(typeof(int), typeof(short))] object Same); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    [InlineData("EDAVRO005", "enum Hue", "[AvroType(Default = \"Red\")] enum Hue { Blue } record E(Hue Hue); [AvroSerializable(typeof(E))] partial class C : AvroContext { }")]
    public void What_cant_be_generated_is_told_where_it_stands(string id, string at, string source)
    {
        var (result, _) = Run(Head + source);

        var finding = Assert.Single(result.Diagnostics);
        Assert.Equal(id, finding.Id);
        Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
        Assert.StartsWith(at[(at.LastIndexOf(' ') + 1)..], (Head + source)[finding.Location.SourceSpan.Start..], StringComparison.Ordinal);
        Assert.Empty(result.GeneratedTrees);
    }

    [Fact]
    public void What_is_generated_compiles_without_a_word_wherever_it_stands()
    {
        var (result, compilation) = Run(Head + """
            namespace Shop
            {
                public record struct Outer<T>(T Value);
                internal partial class Host
                {
                    private sealed record Hidden(string @event, int? Count, List<Hidden> More, Outer<int> Generic);

                    [AvroSerializable(typeof(Hidden))]
                    [AvroSerializable(typeof(Outer<string>))]
                    private sealed partial class Context : AvroContext;
                }
            }
            """);

        Assert.Empty(result.Diagnostics);
        Assert.Single(result.GeneratedTrees);
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity is DiagnosticSeverity.Error or DiagnosticSeverity.Warning));
    }

    [Fact]
    public void Nothing_is_written_again_for_a_change_elsewhere()
    {
        var first = Compile(Head + "record E(int A, List<string> B); [AvroSerializable(typeof(E))] partial class C : AvroContext { }");
        var driver = Driver().RunGenerators(first);

        var elsewhere = first.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Elsewhere { int _x; }", Options));
        driver = driver.RunGenerators(elsewhere);
        Assert.All(Reasons(driver), static reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(static step => step.Value).SelectMany(static step => step.Outputs), static output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));

        var changed = first.ReplaceSyntaxTree(first.SyntaxTrees.Single(), CSharpSyntaxTree.ParseText(Head + "record E(int A, List<string> B, bool More); [AvroSerializable(typeof(E))] partial class C : AvroContext { }", Options));
        Assert.Contains(IncrementalStepRunReason.Modified, Reasons(driver.RunGenerators(changed)));
    }

    private static CSharpParseOptions Options { get; } = new(LanguageVersion.CSharp14);

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorDriver driver) =>
        driver.GetRunResult().Results.Single().TrackedSteps[AvroGenerator.Step].SelectMany(static step => step.Outputs).Select(static output => output.Reason);

    private static CSharpGeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create([new AvroGenerator().AsSourceGenerator()], parseOptions: Options, driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Generated.Tests", [CSharpSyntaxTree.ParseText(source, Options)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static (GeneratorDriverRunResult Result, Microsoft.CodeAnalysis.Compilation Compilation) Run(string source)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(Compile(source), out var compilation, out _);
        return (driver.GetRunResult(), compilation);
    }
}
