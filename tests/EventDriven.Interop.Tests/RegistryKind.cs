namespace EventDriven.Interop.Tests;

/// <summary>Schema registries.</summary>
public enum RegistryKind
{
    /// <summary>The one of the Testing package.</summary>
    Embedded = 0,

    /// <summary>One that others wrote. It gives no GUIDs.</summary>
    Real,
}
