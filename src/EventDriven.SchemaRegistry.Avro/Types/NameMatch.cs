namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>Which of several names another means.</summary>
internal static class NameMatch
{
    /// <summary>The one of several names that another means: the same, else the same but for case, else the same but for case and underscores.</summary>
    /// <returns>-1 where there is none, or more than one.</returns>
    public static int Find(string name, IReadOnlyList<string> candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i] == name) return i;
        }

        var found = Single(name, candidates, isBare: false);
        return found >= 0 ? found : Single(Bare(name), candidates, isBare: true);
    }

    private static int Single(string name, IReadOnlyList<string> candidates, bool isBare)
    {
        var found = -1;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!string.Equals(isBare ? Bare(candidates[i]) : candidates[i], name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found >= 0) return -1;
            found = i;
        }

        return found;
    }

    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal);
}
