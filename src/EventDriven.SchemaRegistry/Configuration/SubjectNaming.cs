namespace EventDriven.SchemaRegistry;

/// <summary>Under which subject the schema of an event or key is registered.</summary>
public enum SubjectNaming
{
    /// <summary><c>{topic}-value</c> and <c>{topic}-key</c>: one type on a topic.</summary>
    Topic = 0,

    /// <summary>The full name of the record or message: several types on a topic, each the same on all topics.</summary>
    Record,

    /// <summary><c>{topic}-{full name}</c>: several types on a topic, each with a history of its own on each topic.</summary>
    TopicRecord,
}
