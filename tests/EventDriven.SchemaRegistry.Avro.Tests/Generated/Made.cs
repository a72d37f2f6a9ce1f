using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Tests.Generated;

/// <summary>A class that is made in several ways at once: a base class, a constructor, required and init-only members, a field, names that are keywords.</summary>
public sealed class Made : MadeBase
{
    public Made(string id, int count) => (Id, Count) = (id, count);

    public string Id { get; }

    public int Count { get; }

    public required string Name { get; init; }

    public required int? Level { get; set; }

    public string @class { get; init; } = "";

#pragma warning disable CA1051 // Fields are fields of the record too.
    public long Field;
#pragma warning restore CA1051

    public int Computed => Count * 2;

    public static Made Sample { get; } = new("i", 3) { Name = "n", Level = null, @class = "c", Field = 9, Inherited = "base" };
}

/// <summary>Its base.</summary>
public abstract class MadeBase
{
    [MaybeNull]
    public string Inherited { get; set; } = "";
}
