using System.Runtime.CompilerServices;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>
/// Holds the schemas of a service against those that were approved: files beside the test, committed with the code. For the unit tests of a service, with any test framework; nobody is asked.
/// </summary>
public static class EventContracts
{
    private const string ApproveVariable = "EVENTDRIVEN_APPROVE_CONTRACTS";

    /// <summary>Throws where a schema is not as it was approved: with every change, and with every place where the change breaks those who read or write by the approved ones.</summary>
    /// <param name="contracts">The contracts: <c>host.Services.GetEventContracts()</c>, or some of them.</param>
    /// <param name="configure">Sets how it is judged.</param>
    /// <param name="testFile">The file of the test, which the compiler fills in.</param>
    /// <exception cref="ArgumentNullException"><paramref name="contracts"/> is null.</exception>
    /// <exception cref="InvalidOperationException">There is no contract, or no folder to look in; the message says what to do.</exception>
    /// <exception cref="EventContractException">A schema is new, has changed, or has changed in a way that breaks others. All are told at once.</exception>
    /// <exception cref="FormatException">A file in the folder is no schema.</exception>
    /// <remarks>
    /// A change that is compatible is approved by running the test with the environment variable <c>EVENTDRIVEN_APPROVE_CONTRACTS=1</c>: it becomes the next version, <c>Contracts/orders-value/2.avsc</c>.
    /// One that is not is never written. A version that was approved, but never deployed, may be deleted again.
    /// </remarks>
    public static void Verify(IEnumerable<EventContract> contracts, Action<EventContractOptions>? configure = null, [CallerFilePath] string testFile = "")
    {
        ArgumentNullException.ThrowIfNull(contracts);
        var options = new EventContractOptions();
        configure?.Invoke(options);
        var all = contracts.ToArray();
        if (all.Length == 0) throw new InvalidOperationException("There is no contract to verify: no producer or consumer of the host writes or reads by a schema, such as with UseAvro() or UseJsonSchema().");

        var folder = ContractFolder.Find(options.Directory, testFile);
        var approves = options.Approve ?? Environment.GetEnvironmentVariable(ApproveVariable) == "1";
        List<EventContractProblem> problems = [];
        foreach (var same in all.GroupBy(folder.PathOf, StringComparer.Ordinal))
        {
            var contract = same.First();
            if (same.FirstOrDefault(other => !ApprovedSchema.AreSame(other.Schema, contract.Schema)) is { } other)
            {
                problems.Add(new EventContractProblem(
                    other, null, $"It has another schema than {contract}, under the same subject.",
                    "Give each type a subject of its own, with SubjectNaming.Record or TopicRecord, or let them have one schema."));
                continue;
            }

            problems.AddRange(Verify(contract, folder.VersionsOf(contract), folder, options, approves));
        }

        if (problems.Count > 0) throw new EventContractException(problems);
    }

    private static IEnumerable<EventContractProblem> Verify(EventContract contract, IReadOnlyList<ApprovedSchema> approved, ContractFolder folder, EventContractOptions options, bool approves)
    {
        var last = approved.Count == 0 ? null : approved[^1];
        if (last is not null && ApprovedSchema.AreSame(last.Schema, contract.Schema)) return [];

        if (approved.FirstOrDefault(version => version.Schema.Format != contract.Schema.Format) is { } stranger)
        {
            return [new EventContractProblem(contract, null, $"It is {contract.Schema.Format} now, and version {stranger.Version} was approved as {stranger.Schema.Format}.", "Use another topic: those who read this one can't read both.")];
        }

        // What is only read must be able to read; what is written is judged by the level.
        var level = contract.IsProduced ? options.Compatibility : ReadingLevel(options.Compatibility);
        var problems = SchemaReading.Problems(
            ApprovedSchema.FormatOf(contract.Schema), level, ("the new schema", ApprovedSchema.TextOf(contract.Schema)),
            approved.Reverse().Select(static version => ($"version {version.Version}", ApprovedSchema.TextOf(version.Schema))), options.LenientJson, strict: true);
        if (problems.Count > 0) return problems.Select(problem => new EventContractProblem(contract, problem.Path, problem.What, problem.Remedy));

        var version = (last?.Version ?? 0) + 1;
        if (approves)
        {
            folder.Write(contract, version);
            return [];
        }

        return
        [
            new EventContractProblem(
                contract, null, last is null ? "No schema was approved yet." : $"The schema is not that of version {last.Version} any more. The change is compatible ({level}).",
                $"If it is meant, run the test with {ApproveVariable}=1, and commit what it writes: {folder.FileOf(contract, version)}"),
        ];
    }

    private static SchemaCompatibility ReadingLevel(SchemaCompatibility level) => level is SchemaCompatibility.None ? level
        : SchemaReading.IsTransitive(level) ? SchemaCompatibility.BackwardTransitive : SchemaCompatibility.Backward;
}
