namespace EventDriven.SchemaRegistry.Testing;

/// <summary>How the value of a field is written: what is of one kind can be read as any other of it.</summary>
internal enum ProtobufKind
{
    /// <summary><c>int32</c>, <c>int64</c>, <c>uint32</c>, <c>uint64</c>, <c>bool</c> and enums.</summary>
    Number = 0,

    /// <summary><c>sint32</c> and <c>sint64</c>.</summary>
    SignedNumber,

    Fixed32,

    Fixed64,

    Float,

    Double,

    /// <summary><c>string</c> and <c>bytes</c>.</summary>
    Text,

    Message,

    Group,

    Map,
}
