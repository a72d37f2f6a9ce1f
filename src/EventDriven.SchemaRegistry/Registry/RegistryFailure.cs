namespace EventDriven.SchemaRegistry;

/// <summary>Why a registry did not do what it was asked for.</summary>
public enum RegistryFailure
{
    /// <summary>It can't be reached, does not answer in time, answers with an error of its own (408, 429, 5xx), or what answers is no schema registry. No event is to blame.</summary>
    Unavailable = 0,

    /// <summary>It refuses this client (401, 403). No event is to blame, but only someone can mend it.</summary>
    Refused,

    /// <summary>It has no such schema, subject or version (40401 to 40403).</summary>
    Absent,

    /// <summary>The schema is not compatible with those that are registered under its subject (409).</summary>
    Incompatible,

    /// <summary>It takes the schema, or the request, for invalid (422, 42201).</summary>
    Invalid,
}
