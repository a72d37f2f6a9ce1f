using System;
using System.Collections.Generic;
using System.Linq;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>A schema as it is made from a type: the same that the package makes by reflection.</summary>
internal sealed class Schema(string kind)
{
    private int _minimumSize = -1;

    public string Kind => kind;

    public string? Logical { get; set; }

    public int Precision { get; set; }

    public int Scale { get; set; }

    /// <summary>Of a record, enum or fixed.</summary>
    public string? FullName { get; set; }

    public IReadOnlyList<string> Aliases { get; set; } = [];

    public string? Doc { get; set; }

    /// <summary>Of an enum.</summary>
    public string? Default { get; set; }

    public IReadOnlyList<string> Symbols { get; set; } = [];

    public IReadOnlyList<Field> Fields { get; set; } = [];

    /// <summary>The items of an array, the values of a map, the branches of a union.</summary>
    public IReadOnlyList<Schema> Parts { get; set; } = [];

    /// <summary>Of a fixed.</summary>
    public int Size { get; set; }

    public string Name => FullName!.Substring(FullName.LastIndexOf('.') + 1);

    public string Namespace => FullName!.LastIndexOf('.') is var dot and > 0 ? FullName.Substring(0, dot) : "";

    /// <summary>As it is called in messages.</summary>
    public string Display => kind == "union" ? $"[{string.Join(", ", Parts.Select(static part => part.Display))}]"
        : FullName ?? (Logical is null ? kind : Logical == "decimal" ? $"decimal({Precision}, {Scale})" : Logical);

    public string NullReason => $"it is null, which {Display} has not";

    /// <summary>The fewest bytes that a value has.</summary>
    public int MinimumSize
    {
        get
        {
            if (_minimumSize >= 0) return _minimumSize;

            // What refers to itself on the way counts as nothing there.
            _minimumSize = 0;
            var size = kind switch
            {
                "null" => 0L,
                "float" => 4,
                "double" => 8,
                "fixed" => Size,
                "record" => Fields.Sum(static entry => (long)entry.Schema.MinimumSize),
                "union" => 1L + Parts.Min(static part => part.MinimumSize),
                _ => 1,
            };
            return _minimumSize = (int)Math.Min(size, int.MaxValue);
        }
    }

    /// <summary>A field of a record.</summary>
    public sealed record Field(string Name, Schema Schema, IReadOnlyList<string> Aliases, string? Doc, Json? Default);
}
