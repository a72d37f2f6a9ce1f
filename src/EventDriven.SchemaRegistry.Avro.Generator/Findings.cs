using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>What keeps a context from being generated, each once.</summary>
internal sealed class Findings
{
    private readonly List<Finding> _all = [];

    public bool IsEmpty => _all.Count == 0;

    public void Add(DiagnosticDescriptor rule, string message, Location? location)
    {
        var finding = Finding.At(rule, message, location);
        if (!_all.Contains(finding)) _all.Add(finding);
    }

    public Finding[] ToArray() => [.. _all];
}
