using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Producing;

/// <summary>Takes the key of an event; false where it has none.</summary>
internal delegate bool KeySelector<in T, TKey>(T @event, [MaybeNullWhen(false)] out TKey key);
