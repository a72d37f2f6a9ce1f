namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Whether what one schema writes another can read. The place where a format joins.</summary>
internal static class SchemaReading
{
    /// <summary>Finds what is in the way.</summary>
    /// <param name="format">The format of both.</param>
    /// <param name="writer">What writes, and what it is called in messages.</param>
    /// <param name="reader">What reads, and what it is called in messages.</param>
    /// <param name="lenient">
    /// Of JSON Schema: whether writers are taken to write only properties that their schema names, and readers to skip what theirs does not name.
    /// </param>
    /// <param name="strict">Of Avro and Protobuf: whether what schema registries let through and no reader reads rightly is a problem too.</param>
    /// <returns>The problems; none where it can.</returns>
    /// <exception cref="FormatException">One of the texts is no schema.</exception>
    public static IReadOnlyList<SchemaProblem> Problems(SchemaFormat format, (string Name, SchemaText Schema) writer, (string Name, SchemaText Schema) reader, bool lenient = false, bool strict = false) => format switch
    {
        SchemaFormat.Avro => AvroReading.Problems(writer, reader, strict),
        SchemaFormat.Json => JsonReading.Problems(writer, reader, lenient),
        SchemaFormat.Protobuf => ProtobufReading.Problems(writer, reader, strict),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>Finds what is in the way of a version that is to follow others.</summary>
    /// <param name="format">The format of all.</param>
    /// <param name="level">The level of compatibility.</param>
    /// <param name="next">What is to follow.</param>
    /// <param name="older">What there is, newest first.</param>
    /// <param name="lenient">As above.</param>
    /// <param name="strict">As above.</param>
    /// <returns>The problems with the first version that has some; none where it may follow.</returns>
    public static IReadOnlyList<SchemaProblem> Problems(
        SchemaFormat format, SchemaCompatibility level, (string Name, SchemaText Schema) next, IEnumerable<(string Name, SchemaText Schema)> older, bool lenient = false, bool strict = false)
    {
        if (level is SchemaCompatibility.None) return [];

        foreach (var before in IsTransitive(level) ? older : older.Take(1))
        {
            List<SchemaProblem> problems = [];
            if (level is not (SchemaCompatibility.Forward or SchemaCompatibility.ForwardTransitive)) problems.AddRange(Problems(format, before, next, lenient, strict));
            if (level is not (SchemaCompatibility.Backward or SchemaCompatibility.BackwardTransitive)) problems.AddRange(Problems(format, next, before, lenient, strict));
            if (problems.Count > 0) return problems;
        }

        return [];
    }

    /// <summary>Whether all older versions count, and not the last alone.</summary>
    public static bool IsTransitive(SchemaCompatibility level) => level is SchemaCompatibility.BackwardTransitive or SchemaCompatibility.ForwardTransitive or SchemaCompatibility.FullTransitive;
}
