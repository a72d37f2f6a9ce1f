namespace EventDriven.SchemaRegistry;

/// <summary>An id that the registry did not know. Immutable.</summary>
/// <param name="AskedAt">When it was last asked for, as a timestamp.</param>
/// <param name="Failure">What the registry said.</param>
/// <param name="IsConfirmed">
/// Whether it was unknown twice, with a pause in between: registries are followers of a log, and what one has just registered another may not have read yet.
/// </param>
internal sealed record UnknownSchema(long AskedAt, RegistryRequestException Failure, bool IsConfirmed);
