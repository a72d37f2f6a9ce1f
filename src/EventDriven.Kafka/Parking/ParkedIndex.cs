using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>What of a parked log is unfinished: by key, by name, and by the claim it stands under. Guarded by its assignment.</summary>
internal sealed class ParkedIndex(PartitionId source)
{
    private readonly Dictionary<HashedKey, ParkedKey> _keys = [];
    private readonly Dictionary<(long Offset, long TimestampMs), int> _withoutKey = [];
    private readonly HashSet<(long Offset, long TimestampMs)> _copiesToCome = [];
    private readonly Dictionary<EntryId, ParkedItem> _items = [];
    private readonly SortedDictionary<long, int> _claims = [];
    private int _nullKeys;

    public PartitionId Source => source;

    public int Count => _items.Count;

    public long Bytes { get; private set; }

    /// <summary>Another number whenever a key has come into the index or left it.</summary>
    public long Version { get; private set; }

    /// <summary>How many keys have entries; each without a key counts as one.</summary>
    public int Keys => _keys.Count + _nullKeys;

    /// <summary>The lowest claim that an unfinished entry stands under; null where none is unfinished, -1 where one stands before every claim.</summary>
    public long? LowestClaim
    {
        get
        {
            foreach (var claim in _claims.Keys)
            {
                return claim;
            }

            return null;
        }
    }

    public IEnumerable<ParkedItem> Items => _items.Values;

    public ParkedItem? Find(EntryId id) => _items.GetValueOrDefault(id);

    /// <summary>The entries of a key; null where it has none, or is null itself.</summary>
    public ParkedKey? Find(HashedKey key) => key.Bytes is not null ? _keys.GetValueOrDefault(key) : null;

    /// <summary>Whether exactly this event of the source partition is unfinished here, or was before its source record had its turn.</summary>
    public bool Contains(HashedKey key, long offset, long timestampMs) => key.Bytes is null
        ? _withoutKey.ContainsKey((offset, timestampMs)) || _copiesToCome.Contains((offset, timestampMs))
        : Find(key)?.Contains(offset, timestampMs) == true;

    /// <summary>Whether source records are to come whose events were parked by somebody before, and have no key.</summary>
    public bool AwaitsCopies => _copiesToCome.Count > 0;

    /// <summary>
    /// Remembers an event without a key that somebody had parked before. Nothing holds it behind its own source record, as the lane of a key does: it may be done, and gone from here, when that
    /// has its turn.
    /// </summary>
    public void AwaitCopy(ParkedItem item) => _copiesToCome.Add((item.OriginalOffset, item.OriginalTimestampMs));

    /// <summary>The source record of a parked event without a key is complete.</summary>
    public void OnCopy(long offset, long timestampMs) => _copiesToCome.Remove((offset, timestampMs));

    public void Add(ParkedItem item, byte[]? key)
    {
        if (!_items.TryAdd(item.Id, item))
        {
            return;
        }

        item.Key = GetOrAddKey(key);
        item.Key.Add(item);
        Bytes += item.Size;
        _claims[item.Claim] = _claims.GetValueOrDefault(item.Claim) + 1;
        if (key is null && item.IsOfThisSource)
        {
            var name = (item.OriginalOffset, item.OriginalTimestampMs);
            _withoutKey[name] = _withoutKey.GetValueOrDefault(name) + 1;
        }
    }

    public void Remove(ParkedItem item)
    {
        if (!_items.Remove(item.Id))
        {
            return;
        }

        Bytes -= item.Size;
        TakeOne(_claims, item.Claim);
        var key = item.Key;
        key.Remove(item);
        if (key.Key is null)
        {
            _nullKeys--;
            if (item.IsOfThisSource)
            {
                TakeOne(_withoutKey, (item.OriginalOffset, item.OriginalTimestampMs));
            }
        }
        else if (key.Count == 0)
        {
            _keys.Remove(key.Hashed);
            Version++;
        }
    }

    public void Clear()
    {
        _keys.Clear();
        Version++;
        _withoutKey.Clear();
        _copiesToCome.Clear();
        _items.Clear();
        _claims.Clear();
        _nullKeys = 0;
        Bytes = 0;
    }

    private ParkedKey GetOrAddKey(byte[]? key)
    {
        if (key is null)
        {
            _nullKeys++;
            return new ParkedKey(default);
        }

        var hashed = new HashedKey(key);
        if (!_keys.TryGetValue(hashed, out var found))
        {
            _keys.Add(hashed, found = new ParkedKey(hashed));
            Version++;
        }

        return found;
    }

    private static void TakeOne<T>(IDictionary<T, int> counts, T name)
    {
        if (--counts[name] == 0)
        {
            counts.Remove(name);
        }
    }
}
