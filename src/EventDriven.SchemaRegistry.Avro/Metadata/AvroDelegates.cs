using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Writes a value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="writer">Where it is written.</param>
/// <param name="value">The value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void AvroWrite<in T>(AvroWriter writer, T value);

/// <summary>Reads a value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="reader">From where it is read.</param>
/// <returns>The value.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T AvroRead<out T>(AvroReader reader);

/// <summary>Makes an object of what was read for it.</summary>
/// <typeparam name="T">The type of the object.</typeparam>
/// <typeparam name="TValues">What was read: a generated struct.</typeparam>
/// <param name="values">What was read.</param>
/// <returns>The object.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T AvroCreate<out T, TValues>(in TValues values)
    where TValues : struct;

/// <summary>Keeps what was read for a member.</summary>
/// <typeparam name="TValues">Where it is kept: a generated struct.</typeparam>
/// <typeparam name="TMember">The type of the member.</typeparam>
/// <param name="values">Where it is kept.</param>
/// <param name="value">What was read.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void AvroSet<TValues, in TMember>(ref TValues values, TMember value)
    where TValues : struct;
