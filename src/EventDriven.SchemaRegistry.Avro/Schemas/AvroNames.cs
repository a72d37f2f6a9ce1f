namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>The rules of the specification for names.</summary>
internal static class AvroNames
{
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0])) return false;

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }

        return true;
    }

    /// <summary>Names with dots between them.</summary>
    public static bool IsFullName(string name)
    {
        var start = 0;
        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', start))
        {
            if (!IsName(name.AsSpan(start, dot - start))) return false;
            start = dot + 1;
        }

        return IsName(name.AsSpan(start));
    }

    /// <summary>A name with dots is a full one; another belongs to the namespace around it.</summary>
    public static string Qualify(string name, string? @namespace) =>
        name.Contains('.', StringComparison.Ordinal) || string.IsNullOrEmpty(@namespace) ? name : $"{@namespace}.{name}";

    public static ReadOnlySpan<char> Unqualify(string fullName) => fullName.AsSpan(fullName.LastIndexOf('.') + 1);
}
