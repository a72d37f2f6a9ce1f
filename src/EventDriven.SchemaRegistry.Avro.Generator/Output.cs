using System.Linq;
using System;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>What comes out for a context: text and findings, compared by value, so that nothing is done again while they stay the same.</summary>
internal sealed class Output(string name, string? source, Finding[] findings) : IEquatable<Output>
{
    public string Name => name;

    /// <summary>Null where something keeps it from being generated.</summary>
    public string? Source => source;

    public Finding[] Findings => findings;

    public bool Equals(Output? other) => other is not null && name == other.Name && source == other.Source && findings.SequenceEqual(other.Findings);

    public override bool Equals(object? obj) => Equals(obj as Output);

    public override int GetHashCode() => (source ?? name).GetHashCode();
}
