using System.Globalization;
using System.Text;

namespace EventDriven.Chaos.Workers;

/// <summary>
/// What a member has done, line by line, in a file of its own. A line is one write, without a buffer: what was written is there when the process is killed right behind it. Thread-safe.
/// </summary>
internal sealed class RunLog(string file) : IDisposable
{
    private readonly FileStream _file = new(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _gate = new();

    /// <summary>Appends a line: the time, a verb, and what it is about.</summary>
    public void Write(string verb, params ReadOnlySpan<string> fields)
    {
        var rest = string.Concat("\t", verb, fields.IsEmpty ? "" : "\t", string.Join('\t', fields));
        lock (_gate)
        {
            // The time is taken inside, so that the lines of a file are in its order.
            _file.Write(Encoding.UTF8.GetBytes(string.Concat(Monotonic.Now.ToString(CultureInfo.InvariantCulture), rest, "\n")));
        }
    }

    public void Dispose() => _file.Dispose();
}
