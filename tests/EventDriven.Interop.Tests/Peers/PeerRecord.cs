namespace EventDriven.Interop.Tests.Peers;

/// <summary>A key or value as it stands in a record, with the headers that belong to it.</summary>
public sealed record PeerRecord(byte[] Data, IReadOnlyDictionary<string, byte[]> Headers)
{
    public EventHeaders ToHeaders()
    {
        var headers = new EventHeaders();
        foreach (var (name, value) in Headers) headers.Add(new EventHeader(name, value));
        return headers;
    }
}
