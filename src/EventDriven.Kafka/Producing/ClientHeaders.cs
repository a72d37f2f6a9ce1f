using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace EventDriven.Kafka.Producing;

/// <summary>Builds the client's own headers, without allocating for those that are built again and again. Not thread-safe.</summary>
internal sealed class ClientHeaders
{
    private const int Reused = 16;

    /// <summary>The client adds a list of its own to every record that comes without one.</summary>
    private static readonly Headers None = new();

    /// <summary>One set for each number of headers, because the client's type can't be emptied.</summary>
    private readonly HeaderSet?[] _byCount = new HeaderSet?[Reused + 1];

    private HeaderSet? _current;
    private int _next;

    /// <summary>Starts a set of exactly this many headers.</summary>
    public void Begin(int count)
    {
        _current = count == 0 ? null : count <= Reused ? _byCount[count] ??= new HeaderSet(count) : new HeaderSet(count);
        _next = 0;
    }

    /// <summary>Adds the next header.</summary>
    public void Add(string name, byte[]? value) => _current!.Cells[_next++].Set(name, value);

    /// <summary>Adds the next header.</summary>
    public void Add(EventHeader header) => Add(header.Name, ToArray(header.Value));

    /// <summary>The headers for the client; valid until the next <see cref="Begin"/>.</summary>
    public Headers Finish() => _current?.Headers ?? None;

    /// <summary>Lets go of the values.</summary>
    public void Clear()
    {
        if (_current is null) return;

        foreach (var cell in _current.Cells) cell.Set("", null);
        _current = null;
    }

    private static byte[]? ToArray(ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes) return null;

        return MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : bytes.ToArray();
    }

    private sealed class HeaderSet
    {
        public HeaderSet(int count)
        {
            Cells = new HeaderCell[count];
            for (var i = 0; i < count; i++)
            {
                Cells[i] = new HeaderCell();
                Headers.Add((IHeader)Cells[i]);
            }
        }

        public Headers Headers { get; } = new();

        public HeaderCell[] Cells { get; }
    }

    private sealed class HeaderCell : IHeader
    {
        private byte[]? _value;

        public string Key { get; private set; } = "";

        public byte[] GetValueBytes() => _value!;

        public void Set(string name, byte[]? value)
        {
            Key = name;
            _value = value;
        }
    }
}
