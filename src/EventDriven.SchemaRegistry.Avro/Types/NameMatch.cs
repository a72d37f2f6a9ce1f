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

        var found = Single(candidates, candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase));
        if (found >= 0) return found;

        var bare = Bare(name);
        return Single(candidates, candidate => string.Equals(Bare(candidate), bare, StringComparison.OrdinalIgnoreCase));
    }

    private static int Single(IReadOnlyList<string> candidates, Func<string, bool> matches)
    {
        var found = -1;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!matches(candidates[i])) continue;
            if (found >= 0) return -1;
            found = i;
        }

        return found;
    }

    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal);
}
